// The style sheet of a page: light, dark and paper, from a telephone to a wide screen.
//
// The colours of sets are Okabe and Ito's, told apart by people who see no red or no green; in
// the dark they are lighter.  Nothing is said by colour alone: names stand at the curves.

enum ReportStyle {
  /// The sheet.  Without `<`, `&` or quotes that a parser of XML would read otherwise.
  static let sheet: StaticString = """

    :root { color-scheme: light dark; --ground: #fff; --ink: #1c1e21; --soft: #5c6370;
      --rule: #dcdfe4; --card: #f6f7f9; --good: #00713f; --bad: #b3261e; --caution: #8a5200;
      --a0: #0072b2; --a1: #d55e00; --a2: #009e73; --a3: #a84f87; --a4: #8f6a00; --a5: #3a6ea5;
      --a6: #5c6370; }
    @media (prefers-color-scheme: dark) { :root { --ground: #16181c; --ink: #e6e8eb;
      --soft: #9aa2ae; --rule: #343941; --card: #1f2228; --good: #5dd39e; --bad: #ff8a80;
      --caution: #f0b75a; --a0: #5cb3ea; --a1: #ff9a57; --a2: #43d6a7; --a3: #e79ac8;
      --a4: #e6c14d; --a5: #9cc4ee; --a6: #b6bdc8; } }
    @media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --soft: #444;
      --rule: #bbb; --card: #fff; --good: #00552f; --bad: #90140d; --caution: #6b4000;
      --a0: #0072b2; --a1: #d55e00; --a2: #009e73; --a3: #a84f87; --a4: #8f6a00; --a5: #3a6ea5;
      --a6: #444; } body { font-size: 10pt; } section, figure, tr { break-inside: avoid; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 62rem; padding: 1.25rem 1rem 3rem; background: var(--ground);
      color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
    h1, h2, h3, p, li, dt, dd, .name, .legend { overflow-wrap: anywhere; }
    header p { margin: 0 0 .25rem; color: var(--soft); }
    h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; font-weight: 650; }
    h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; font-weight: 650; }
    h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; font-weight: 600; }
    .verdict { border-left: .35rem solid var(--soft); padding: .25rem 0 .25rem .9rem; }
    .verdict p { margin: 0; font-size: 1.05rem; font-variant-numeric: tabular-nums; }
    .verdict h2 { margin: 0; font-size: 1.25rem; } .verdict + .verdict { margin-top: .8rem; }
    header { margin-bottom: 1rem; }
    .verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
    .verdict.caution { border-color: var(--caution); }
    .good { color: var(--good); } .bad { color: var(--bad); } .caution { color: var(--caution); }
    .verdict { color: var(--ink); } .verdict.good h1, .verdict.good h2 { color: var(--good); }
    .verdict.bad h1, .verdict.bad h2 { color: var(--bad); } .soft { color: var(--soft); } .strong { font-weight: 600; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
    th, td { padding: .3rem .5rem .3rem 0; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--rule); }
    th { font-weight: 600; } thead th { color: var(--soft); font-weight: 500; }
    th[scope=row], thead th:first-child, th.left, td.left { text-align: left; }
    th[scope=row] { min-width: 5.5rem; white-space: normal; }
    tr.subject th { padding-top: .8rem; text-align: left; color: var(--soft); }
    figure { margin: .5rem 0; }
    figure.rows { display: grid; grid-template-columns: minmax(4rem, 11rem) 1fr; column-gap: .75rem;
      align-items: center; }
    figure.graph { display: grid; grid-template-columns: 3.4rem 1fr; column-gap: .4rem; }
    .name { font-size: .9rem; line-height: 1.25; } figure.rows .name { font-weight: 600; }
    .note { font-weight: 600; font-size: .8rem; white-space: nowrap; } .note.plain { color: var(--soft); }
    svg.plot { display: block; width: 100%; overflow: visible; }
    .x { position: relative; height: 1.4rem; font-size: .78rem; color: var(--soft); }
    .x span { position: absolute; transform: translateX(-50%); white-space: nowrap;
      font-variant-numeric: tabular-nums; }
    .y { position: relative; font-size: .78rem; color: var(--soft); }
    .y span { position: absolute; right: 0; transform: translateY(-50%); white-space: nowrap;
      font-variant-numeric: tabular-nums; }
    .unit { grid-column: 2; text-align: center; font-size: .78rem; color: var(--soft); }
    svg * { vector-effect: non-scaling-stroke; fill: none; stroke-width: 1.5; stroke-linecap: butt; }
    svg .grid { stroke: var(--rule); stroke-width: 1; }
    svg .body { fill: currentColor; fill-opacity: .22; stroke: currentColor; stroke-width: 1.25; }
    svg .curve { stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    svg line.arm0, svg line.arm1, svg line.arm2, svg line.arm3, svg line.arm4, svg line.arm5,
      svg line.arm6 { stroke: currentColor; }
    svg .thick { stroke-width: 5; } svg .middle { stroke-width: 1; stroke-dasharray: 4 4; }
    svg .dot, svg .dots { stroke: currentColor; stroke-width: 6; stroke-linecap: round;
      stroke-opacity: .75; }
    svg .dots { stroke-width: 3; stroke-opacity: .5; }
    svg .median { stroke: var(--ink); stroke-width: 9; stroke-linecap: round; }
    svg .margin { fill: var(--soft); fill-opacity: .16; stroke: none; }
    svg .reference { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
    svg .whisker { stroke: currentColor; stroke-width: 2; }
    svg .estimate { stroke: currentColor; stroke-width: 10; stroke-linecap: round; }
    svg .plain { color: var(--ink); }
    .arm0 { color: var(--a0); } .arm1 { color: var(--a1); } .arm2 { color: var(--a2); }
    .arm3 { color: var(--a3); } .arm4 { color: var(--a4); } .arm5 { color: var(--a5); }
    .arm6 { color: var(--a6); }
    .legend { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; font-size: .9rem; font-weight: 600; }
    .legend span::before { content: "\\25CF"; margin-right: .35rem; }
    ul.findings { list-style: none; margin: 0; padding: 0; }
    ul.findings li { margin: .4rem 0; padding-left: 1.6rem; text-indent: -1.6rem; }
    ul.findings li::before { display: inline-block; width: 1.6rem; text-indent: 0;
      content: "\\2022"; color: var(--soft); }
    ul.findings li.warning::before { content: "\\25B2"; color: var(--caution); font-size: .85rem; }
    .cure { color: var(--soft); }
    dl { display: grid; grid-template-columns: minmax(6rem, 12rem) 1fr; gap: .15rem .75rem; margin: 0;
      font-size: .9rem; } dt { color: var(--soft); } dd { margin: 0; }
    code { font: .92em ui-monospace, monospace; }
    footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
    @media (max-width: 34rem) { figure.rows { grid-template-columns: 1fr; row-gap: .1rem; }
      figure.rows .unit, .unit { grid-column: auto; } figure.graph .unit { grid-column: 2; }
      dl { grid-template-columns: 1fr; } dd { margin-bottom: .3rem; } h1 { font-size: 1.35rem; } }

    """
}
