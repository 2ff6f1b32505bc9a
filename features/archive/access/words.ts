/** What is seen of a record and how, in Chinese words: on the page that explains it and in the sheet taken out of it. */
export const accessWords = {
  groups: {
    list: '名册（姓名、地址、掩码号码）',
    file: '一般登记内容',
    contact: '电话',
    identity: '证件号码',
    health: '健康与残疾',
    ethnic: '民族',
    welfare: '婚姻与救助',
    minor: '未成年人',
    economy: '收入与支出',
  },
  reach: { open: '直接能看', purpose: '凭目的能看', no: '不能看' },
};
