/**
 * The last line behind the types: free text (warnings, failure messages) may quote a driver, and a driver may quote a
 * connection string. The user name goes too: it is half of a login and helps no reader of the report.
 */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)\S*@/giu;
const KEYWORD = /\b(password|passwd|pwd|sslpassword)(\s*[=:]\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&;,]+)/giu;

export function redactCredentials(text: string): string {
  // Invariant: I16
  return text.replace(USER_INFO, '$1').replace(KEYWORD, '$1$2…');
}
