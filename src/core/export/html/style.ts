/** The report's looks: light and dark as the reader's system has it, ink on white in print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b2330; --soft: #566072; --line: #d9dee6; --tint: #f4f6f9;
  --accent: #1f57b8; --good: #1a7246; --good-tint: #e4f3ea; --bad: #ac3316; --bad-tint: #fbe9e4; --warn-tint: #fff6df; --warn: #7a5600; --shade: rgb(0 0 0 / .16);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171d; --ink: #e3e7ee; --soft: #9ba6b6; --line: #323a46; --tint: #1c2129;
    --accent: #8db4ff; --good: #6fd19d; --good-tint: #173526; --bad: #ff9d85; --bad-tint: #41211a; --warn-tint: #352b12; --warn: #f0c869; --shade: rgb(0 0 0 / .7);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.08rem; margin: 2rem 0 .5rem; }
h4 { font-size: .95rem; margin: 0; font-weight: 600; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--accent); }
.lead { font-size: 1.1rem; color: var(--soft); }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
nav { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1.25rem 1rem; margin: 1.5rem 0; }
nav h2 { border: 0; margin: 0; padding: 0; font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); }
nav ol { margin: .4rem 0 0; padding-left: 1.4rem; columns: 15rem; column-gap: 2rem; }
nav li { padding: .1rem 0; break-inside: avoid; }
code { font-family: var(--mono); font-size: .86em; background: var(--tint); padding: .05em .3em; border-radius: 3px; }
.unseen { font-family: var(--mono); font-size: .8em; color: var(--bad); background: var(--bad-tint); border-radius: 2px; }
ul.finding, ul.warning, ul.plain { padding-left: 1.25rem; max-width: 48rem; }
ul.finding li, ul.warning li { margin: .55rem 0; }
ul.finding { padding: .6rem 1rem .6rem 2.1rem; border-left: 4px solid var(--accent); background: var(--tint); border-radius: 0 6px 6px 0; }
ul.warning { padding: .6rem 1rem .6rem 2.1rem; border-left: 4px solid var(--warn); background: var(--warn-tint); border-radius: 0 6px 6px 0; }
dl { margin: .5rem 0; }
dl > div { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .1rem 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
.table { margin: 1.25rem 0 1.75rem; }
.scroll {
  overflow-x: auto; background:
    linear-gradient(to right, var(--paper) 30%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 30%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / .8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / .8rem 100% no-repeat scroll;
}
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.4; min-width: min(100%, 24rem); }
caption { text-align: left; font-weight: 600; padding: 0 0 .5rem; caption-side: top; }
caption span { position: sticky; left: 0; display: block; max-width: min(46rem, calc(100vw - 2.5rem)); }
th, td { text-align: left; vertical-align: baseline; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { color: var(--soft); font-weight: 500; font-size: .82rem; vertical-align: bottom; border-bottom: 1px solid var(--soft); }
tbody th { font-weight: 400; min-width: 9rem; max-width: 24rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
thead .number { white-space: normal; }
tr.group th { padding-top: .9rem; font-weight: 600; border-bottom-color: var(--soft); max-width: none; }
tr.group th span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2.5rem); }
tbody:not(:first-of-type) tr.group th { padding-top: 1.4rem; }
.note { color: var(--soft); font-size: .86rem; margin: .4rem 0 0; }
.matrix { font-size: .8rem; }
.matrix { min-width: 0; }
.matrix th, .matrix td { padding: .2rem .4rem; }
.matrix td { min-width: 2.1rem; }
.matrix tbody th { min-width: 0; white-space: nowrap; }
.matrix .axis { color: var(--soft); font-weight: 400; text-align: center; border-bottom: 0; }
.matrix td.wrong { background: color-mix(in srgb, var(--bad) calc(var(--share) * .75), transparent); }
.matrix td.right { background: color-mix(in srgb, var(--good) calc(var(--share) * .6), transparent); outline: 1.5px solid var(--good); outline-offset: -2px; }
.matrix td.none { color: var(--soft); }
.turned { vertical-align: bottom; padding: .3rem .25rem; }
.turned span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; overflow-wrap: normal; }
.matrix .total { color: var(--soft); border-left: 1px solid var(--line); }
svg.bar { display: inline-block; vertical-align: -2px; }
.bar .scale { stroke: var(--line); stroke-width: 1; }
.bar .fill { fill: var(--accent); opacity: .28; }
.bar .whisker { fill: none; stroke: var(--accent); stroke-width: 1.4; }
.bar .value { fill: var(--accent); }
.bar .mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1rem; margin: .75rem 0 1.5rem; align-items: start; }
.card { border: 1px solid var(--line); border-radius: 6px; padding: .75rem; min-width: 0; font-size: .9rem; }
.card h4 { margin-bottom: .5rem; }
figure { margin: 0 0 .6rem; }
figure img { display: block; max-width: 100%; height: auto; border-radius: 3px; background: var(--tint); }
figcaption { font-size: .8rem; color: var(--soft); margin-top: .25rem; }
.missing { border: 1px dashed var(--soft); border-radius: 3px; padding: .5rem .75rem; color: var(--soft); font-size: .82rem; }
.missing p { margin: .25rem 0; }
.missing ul { margin: .25rem 0; padding-left: 1.1rem; }
.asked, .said { white-space: pre-wrap; }
.asked { font-weight: 500; }
.asked.none { color: var(--soft); font-weight: 400; }
.said { font-size: .84rem; background: var(--tint); border-radius: 3px; padding: .4rem .5rem; max-height: none; }
.head { color: var(--soft); font-size: .8rem; margin: .5rem 0 .15rem; }
.options { list-style: none; margin: .5rem 0; padding: 0; }
.options li { padding: .15rem .5rem; border-left: 3px solid var(--line); margin: .15rem 0; }
.options .right { border-color: var(--good); background: var(--good-tint); }
.options .chosen { border-color: var(--bad); background: var(--bad-tint); }
.mark { font-size: .78rem; color: var(--soft); }
.options .right .mark { color: var(--good); }
.options .chosen .mark { color: var(--bad); }
.why { margin: .15rem 0; padding-left: 1.1rem; font-size: .82rem; color: var(--soft); }
.card dl > div { grid-template-columns: 5.5rem minmax(0, 1fr); padding: .15rem 0; font-size: .84rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .86rem; }
@media (max-width: 32rem) {
  body { padding: 1.25rem .9rem 3rem; }
  h1 { font-size: 1.5rem; }
  h2 { font-size: 1.2rem; margin-top: 2.25rem; }
  table { font-size: .82rem; }
  tbody th[scope=row], thead tr:last-child th:first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; }
  th, td { padding-right: .6rem; }
  dl > div { grid-template-columns: minmax(0, 1fr); }
  caption span, tr.group th span { max-width: calc(100vw - 1.8rem); }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --tint: #f3f3f3;
    --accent: #1f57b8; --good: #1a7246; --good-tint: #e4f3ea; --bad: #ac3316; --bad-tint: #fbe9e4; --warn-tint: #fff6df; --warn: #7a5600;
  }
  @page { margin: 15mm 13mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .skip { display: none; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; margin-top: 1.5rem; }
  h2, h3, h4, caption, tr.group { break-after: avoid; }
  tr, .card, figure, li { break-inside: avoid; }
  .scroll { overflow: visible; background: none; }
  ul.finding, ul.warning { break-inside: auto; }
  table { width: 100%; min-width: 0; font-size: 8pt; }
  .matrix { width: auto; font-size: 7pt; }
  .matrix th, .matrix td { padding: .12rem .25rem; }
  .matrix td { min-width: 1.5rem; }
  caption span, tr.group th span { position: static; max-width: none; }
  th, td { padding-right: .4rem; }
  tbody th { min-width: 0; }
  svg.bar { width: 80px; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: .6rem; }
  .note { max-width: none; }
  ul.finding, ul.warning, p { max-width: none; }
  a { color: inherit; text-decoration: none; }
}
`;
