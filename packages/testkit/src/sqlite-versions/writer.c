/* An application on one version of SQLite: executes statements from standard input, each ended by a NUL byte, and answers
 * each with one line, its result code and message. Built with that version's own amalgamation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sqlite3.h"

int main(int argc, char **argv) {
  sqlite3 *db;
  size_t room = 1 << 16, length = 0;
  char *text = malloc(room);
  int c;
  if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK) return 2;
  sqlite3_busy_timeout(db, 10000);
  printf("0 %s\n", sqlite3_libversion());
  fflush(stdout);
  while ((c = getchar()) != EOF) {
    if (length == room) text = realloc(text, room *= 2);
    text[length++] = (char)c;
    if (c != 0) continue;
    int code = sqlite3_exec(db, text, 0, 0, 0);
    char message[512];
    snprintf(message, sizeof message, "%s", code == SQLITE_OK ? "" : sqlite3_errmsg(db));
    for (char *p = message; *p; p++) if (*p == '\n') *p = ' ';
    printf("%d %s\n", code, message);
    if (strncmp(text, "COMMIT", 6) == 0 || strncmp(text, "ROLLBACK", 8) == 0) fflush(stdout);
    length = 0;
  }
  fflush(stdout);
  return sqlite3_close(db) == SQLITE_OK ? 0 : 3;
}
