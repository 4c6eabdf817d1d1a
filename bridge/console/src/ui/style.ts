/** Style sheets of pages and parts, which come with their code. @module */

/**
 * Adds a style sheet to the document. The content policy allows this for text
 * that comes with our scripts, and it needs no request of its own.
 */
export function addStyle(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}
