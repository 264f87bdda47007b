/** What stands above the body of every page: it fetches nothing, runs nothing, and tells no other site where it was. */
import { type Html, html, trustedHtml } from '../html-template.ts';
import { PAGE_STYLE } from './page-style.ts';

export function pageHead(title: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedHtml(PAGE_STYLE)}</style>
</head>`;
}
