/** The text of a piece of markup. */
export function textOf(markup: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name] ?? '');
}

/** The section of a report with the given anchor; '' where it has none. */
export function sectionOf(html: string, id: string): string {
  return new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(html)?.[0] ?? '';
}

/** The cells of the table whose caption begins so: its head, then its rows, those that name a group among them. */
export function tableOf(html: string, caption: string): string[][] {
  for (const [table] of html.matchAll(/<table[\s\S]*?<\/table>/g)) {
    const own = textOf(/<caption>([\s\S]*?)<\/caption>/.exec(table)?.[1] ?? '');
    if (!own.startsWith(caption)) continue;
    return [...table.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
      [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => textOf(cell)),
    );
  }
  return [];
}
