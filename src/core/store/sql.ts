/** An SQL text literal. For paths and names of our own making; what users type travels as a bound parameter. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
