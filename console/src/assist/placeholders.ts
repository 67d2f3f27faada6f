/** What stands in a suggested answer for things of another customer. Pure. */

/** As the service writes them, in both languages. */
const WORDS = "链接|邮箱|账号|号码|地址|日期|金额|姓名|link|e-mail|account|number|address|date|amount|name";
const PLACEHOLDER = new RegExp(`\\[(?:${WORDS})\\]`);

/** Where the first placeholder stands that nobody has filled in; the service refuses words that hold one. */
export function firstPlaceholder(text: string): { from: number; to: number } | null {
  const found = PLACEHOLDER.exec(text);
  return found && { from: found.index, to: found.index + found[0].length };
}
