import { Problem, type Text } from '../errors.ts';

const words = {
  empty: { zh: '文件是空的，请重新选择', en: 'the file is empty; choose it again' },
  unknown: {
    zh: '只收照片（JPG、PNG、WebP）和 PDF，请另存为其中一种再上传',
    en: 'only photos (JPG, PNG, WebP) and PDF are taken; save it as one of them',
  },
  heic: {
    zh: '暂不支持 HEIC 照片，请在手机“设置 – 相机 – 格式”里选“兼容性最佳”，或转成 JPG 再上传',
    en: 'HEIC photos are not taken; set the camera to “most compatible”, or convert it to JPG',
  },
  photo_only: {
    zh: '这一种资料只收照片（JPG、PNG、WebP）',
    en: 'of this kind only photos are taken (JPG, PNG, WebP)',
  },
  pdf_only: { zh: '这一种资料只收 PDF', en: 'of this kind only PDF is taken' },
  damaged: {
    zh: '文件打不开，可能已损坏或没有传完，请重新拍摄或导出',
    en: 'the file cannot be read: it is damaged or incomplete; take or export it again',
  },
  pixels: {
    zh: '图片尺寸过大，最多 5000 万像素，请缩小后再上传',
    en: 'the picture has more than 50 million pixels; make it smaller',
  },
  locked: {
    zh: 'PDF 有密码，请去掉密码后再上传',
    en: 'the PDF has a password; remove it first',
  },
  pages: {
    zh: 'PDF 超过 30 页，请分成几份上传',
    en: 'the PDF has more than 30 pages; split it',
  },
  slow: {
    zh: 'PDF 太复杂，无法生成预览，请打印成新的 PDF 或拍照上传',
    en: 'the PDF is too complex to be drawn; print it to a new PDF, or take a photo',
  },
} as const satisfies Record<string, Text>;

export type Refused = keyof typeof words;

/** A file that is not taken: why, and what to do. */
export function refusedFile(code: Refused): Problem {
  const { zh, en } = words[code];
  return new Problem('invalid', {
    detail: { zh, en: `${en.charAt(0).toUpperCase()}${en.slice(1)}` },
    errors: [{ field: 'file', code, message: { zh: `文件：${zh}`, en: `file: ${en}` } }],
  });
}
