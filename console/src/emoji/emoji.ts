/** The emoji that agents use, with the words to find each by, in both languages. A small set by choice: no data file. */

export interface Emoji {
  sign: string;
  /** Lower case, English and Chinese. The first of each is its name. */
  en: string;
  zh: string;
}

const SET = `
🙂 smile slight happy|微笑 开心
😀 grin happy laugh|大笑 开心
😄 laugh happy joy|笑 高兴
😊 blush warm happy thanks|害羞 温暖 开心
😉 wink|眨眼
😅 sweat relief awkward|汗 尴尬
😂 tears laugh joy|笑哭
🥰 love hearts|喜欢 爱心
😍 heart eyes love|花痴 喜欢
🤗 hug welcome|拥抱 欢迎
🤔 think hmm|思考 想想
😮 surprised oh|惊讶
😢 sad cry|难过 哭
😭 crying sad|大哭
😞 disappointed sad|失望
😟 worried|担心
😣 struggling hard|纠结 难受
😤 annoyed|不满
😡 angry|生气
🙁 frown unhappy|不开心
😴 sleep tired|睡觉 累
😷 mask ill|口罩 生病
🤒 ill fever|发烧 生病
😇 innocent angel|天使
🫡 salute yes|敬礼 收到
👍 thumbs up good ok yes|赞 好 可以
👎 thumbs down bad no|差 不行
👌 ok fine|好的 没问题
👏 clap bravo|鼓掌
🙏 please thanks pray|拜托 感谢 请
🤝 handshake deal agreed|握手 成交
💪 strong effort|加油 努力
👋 wave hello bye|挥手 你好 再见
✌️ victory peace|胜利
🤞 fingers crossed luck|好运 希望
👉 point right here|指向 这里
👆 point up above|上面
👇 point down below|下面
✍️ write sign|写字 签名
❤️ heart love|爱心 红心
💙 blue heart|蓝心
💔 broken heart|心碎
✨ sparkles new|闪亮 新
⭐ star rating|星 评价
🌟 star shine|闪星
🔥 fire hot|火 热门
🎉 party congratulations|庆祝 恭喜
🎊 confetti celebrate|彩带 庆祝
🎁 gift present|礼物 赠品
🎂 cake birthday|蛋糕 生日
🌹 rose flower|玫瑰 花
🌷 tulip flower|郁金香 花
🍀 luck clover|幸运
☀️ sun sunny|太阳 晴
🌧️ rain|下雨
❄️ snow cold|雪 冷
☕ coffee break|咖啡 休息
🍵 tea|茶
🧧 red envelope money|红包
🏮 lantern|灯笼
✅ done check yes|完成 对 勾
❌ wrong cross no|错 叉 不
❗ important exclamation|重要 感叹
❓ question|问题 疑问
⚠️ warning careful|警告 注意
🚫 forbidden blocked|禁止
ℹ️ information|信息 说明
💡 idea tip|主意 提示
🔔 bell reminder|铃 提醒
📌 pin note|图钉 记下
📎 attachment clip|附件 回形针
📄 document page|文件 文档
🧾 receipt invoice|发票 收据
📋 clipboard form|表格 清单
📝 memo note|备忘 记录
✉️ mail email|邮件 信
📧 email|电子邮件
📞 phone call|电话
📱 mobile phone|手机
💻 computer laptop|电脑
📷 photo camera|照片 相机
🔍 search look|搜索 查询
🔗 link|链接
🔒 locked secure|锁 安全
🔑 key password|钥匙 密码
🛡️ shield protection|保护 安全
⏰ alarm time|闹钟 时间
⏳ wait hourglass|等待 沙漏
📅 calendar date|日历 日期
💳 card bank|银行卡 卡
💰 money|钱
💴 yuan yen money|人民币 钱
🏦 bank|银行
📈 up rate growth|上涨 增长
📉 down fall|下跌
🛒 cart shopping|购物车 购物
🛍️ shopping bag|购物袋
📦 parcel package order|包裹 快递
🚚 delivery truck|送货 配送
🏠 home address|家 地址
📍 place location|位置 地点
🚗 car|汽车
✈️ flight travel|飞机 出行
🔄 again refresh exchange|刷新 更换
↩️ return back refund|退回 退款
⬆️ up|向上
⬇️ down|向下
➡️ right next|向右 下一步
💯 hundred perfect|满分 完美
🆗 ok|好的
`;

export const EMOJI: readonly Emoji[] = SET.trim()
  .split("\n")
  .map((line) => {
    const [, sign = "", en = "", zh = ""] = /^(\S+) ([^|]+)\|(.+)$/.exec(line) ?? [];
    return { sign, en, zh };
  });

/** Those that every word typed is found in, in either language; all of them for nothing typed. */
export function emojiFor(typed: string): readonly Emoji[] {
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return EMOJI.filter(({ sign, en, zh }) => words.every((word) => sign === word || en.includes(word) || zh.includes(word)));
}

/** What it is called, for who cannot see it. */
export const nameOf = (emoji: Emoji, language: string) => emoji[language === "zh" ? "zh" : "en"].split(" ")[0] ?? emoji.sign;
