/** What an item is, in Chinese words: on the page of a county's items and in the sheet that is taken out of it. */
export const itemWords = {
  origins: { pack: '通用', changed: '本县修改', own: '本县新增' },
  sensitivities: {
    public: '公开',
    internal: '内部',
    personal: '个人信息',
    sensitive: '敏感个人信息',
    minor: '未成年人信息',
    restricted: '严格限制',
  },
  types: {
    text: '文字',
    long_text: '多行文字',
    code: '单选',
    codes: '多选',
    date: '日期',
    integer: '整数',
    decimal: '小数',
    money: '金额（元）',
    boolean: '是或否',
    phone: '电话',
  },
};
