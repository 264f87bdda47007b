/**
 * The page's only style sheet. Every colour is a variable: the dark scheme and the charts follow from the first block.
 * Contrast of text on its ground is at least 4.5 : 1 in both schemes.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1a2230;--muted:#566074;--line:#dfe3ea;--soft:#eef1f5;
--good:#0b6b43;--good-soft:#e3f4ea;--warn:#7a4b00;--warn-soft:#fdf1d8;--bad:#a31523;--bad-soft:#fde8e8;
--c1:#2f6fde;--c2:#149487;--c3:#c2742b;--c4:#8b5cd6;--c0:#b3bac6}
@media (prefers-color-scheme:dark){:root{--page:#12161d;--card:#1a2029;--ink:#e7ebf2;--muted:#a2adbf;--line:#303947;--soft:#232b36;
--good:#6fd6a0;--good-soft:#12342a;--warn:#f2c26b;--warn-soft:#3a2c10;--bad:#ff9a9a;--bad-soft:#421c22;
--c1:#6b9dff;--c2:#3fc0b0;--c3:#e39a55;--c4:#b492f0;--c0:#5b6574}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans","DejaVu Sans",sans-serif}
main,footer,body>header{max-width:1200px;margin:0 auto;padding:0 20px}
body>header{padding-top:28px;display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline;justify-content:space-between}
h1{font-size:22px;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:18px;line-height:1.3;margin:0 0 4px}
h3{font-size:15px;margin:0 0 10px}
p{margin:0 0 10px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin:16px 0}
.muted,.lead{color:var(--muted)}
.lead{margin-bottom:14px;max-width:80ch}
.verdict{border:0;border-left:6px solid;padding:22px 24px}
.verdict.good{background:var(--good-soft);border-color:var(--good)}
.verdict.warn{background:var(--warn-soft);border-color:var(--warn)}
.verdict.bad{background:var(--bad-soft);border-color:var(--bad)}
.verdict h2{font-size:26px;display:flex;gap:10px;align-items:center}
.good h2{color:var(--good)}.warn h2{color:var(--warn)}.bad h2{color:var(--bad)}
.verdict p{font-size:17px;max-width:80ch;margin:6px 0 0;overflow-wrap:anywhere}
.verdict .code{font-size:15px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(145px,1fr));gap:1px;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:16px 0;padding:0}
.facts div{box-shadow:0 0 0 1px var(--line);padding:12px 16px}
.facts dt{color:var(--muted);font-size:13px}
.facts dd{margin:0;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.route{display:grid;grid-template-columns:repeat(3,1fr);gap:24px}
.route dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 14px;margin:0;font-size:14px}
.route dt{color:var(--muted)}
.route dd{margin:0;overflow-wrap:anywhere;min-width:0}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:26px 32px;align-items:start}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:8px}
svg{display:block;width:100%;max-width:510px;height:auto;font-family:inherit}
.scroll{overflow-x:auto;margin:0 -6px;padding:0 6px}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--c1);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--muted);font-size:13px;padding:0 0 8px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:600;font-size:13px;border-bottom-color:var(--muted);white-space:nowrap}
tbody th{font-weight:500;position:sticky;left:0;background:var(--card)}
tbody tr:last-child>*{border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.name{overflow-wrap:anywhere;min-width:24ch}
.whole{white-space:nowrap}
.charts .scroll{margin-top:20px}
.wide{min-width:26ch;overflow-wrap:anywhere}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{background:var(--soft);border-radius:6px;padding:8px 10px;margin:6px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
.pill{display:inline-block;border-radius:20px;padding:0 9px;font-size:13px;white-space:nowrap;background:var(--soft);color:var(--muted)}
.pill.good{background:var(--good-soft);color:var(--good)}
.pill.warn{background:var(--warn-soft);color:var(--warn)}
.pill.bad{background:var(--bad-soft);color:var(--bad)}
details{border-top:1px solid var(--line)}
td details{border:0}
section>details:last-child{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:8px 0;overflow-wrap:anywhere}
td summary{padding:0;color:var(--muted);font-size:13px}
details[open]>summary{margin-bottom:4px}
ul{margin:0;padding-left:20px}
li{margin:3px 0;overflow-wrap:anywhere}
td ul{padding-left:16px}
footer{color:var(--muted);font-size:13px;padding-bottom:32px}
@media (max-width:900px){.route{grid-template-columns:1fr;gap:16px}.charts{grid-template-columns:minmax(0,1fr)}}
@media (max-width:520px){main,footer,body>header{padding-left:12px;padding-right:12px}section{padding:16px 14px}.verdict h2{font-size:22px}.verdict p{font-size:16px}
.facts{grid-template-columns:1fr 1fr}.facts div:last-child:nth-child(odd){grid-column:1/-1}tbody th.name,tbody th.whole{min-width:14ch;max-width:40vw;white-space:normal;overflow-wrap:anywhere}.facts dd{font-size:17px}th,td{padding:6px 8px}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--muted:#444;--line:#ccc;--soft:#f2f2f2;--good:#0b6b43;--good-soft:#e3f4ea;--warn:#7a4b00;--warn-soft:#fdf1d8;--bad:#a31523;--bad-soft:#fde8e8;
--c1:#2f6fde;--c2:#149487;--c3:#c2742b;--c4:#8b5cd6;--c0:#b3bac6}
body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}main,footer,body>header{max-width:none;padding:0}
section{border:0;border-radius:0;padding:0;margin:18px 0}.route{grid-template-columns:repeat(3,1fr)}.charts{grid-template-columns:repeat(2,minmax(0,1fr))}.name,.wide{min-width:0}.verdict{padding:14px 18px}table{font-size:8.5pt}th,td{padding:3px 6px}
.scroll{overflow:visible}tr{break-inside:avoid}h2,h3,summary,caption{break-after:avoid}
details::details-content{display:block;content-visibility:visible;height:auto}}
@page{margin:14mm}
`;
