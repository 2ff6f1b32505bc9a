/** Keys of browsers and systems; the console has the words. */
export interface Device {
  browser: string | null;
  system: string | null;
}

/** Tried in order: many a browser also names those it descends from. */
const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger/i, 'wechat'],
  [/DingTalk/i, 'dingtalk'],
  [/HuaweiBrowser/i, 'huawei'],
  [/MiuiBrowser/i, 'miui'],
  [/VivoBrowser|HeyTapBrowser/i, 'phone'],
  [/MQQBrowser|QQBrowser/i, 'qq'],
  [/UCBrowser|UBrowser/i, 'uc'],
  [/QIHU|360SE|360EE|360Browser/i, '360'],
  [/SamsungBrowser/i, 'samsung'],
  [/Edg(e|A|iOS)?\//, 'edge'],
  [/OPR\/|Opera/, 'opera'],
  [/Firefox\/|FxiOS\//, 'firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'chrome'],
  [/Safari\//, 'safari'],
];

const systems: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/i, 'harmony'],
  [/Android/, 'android'],
  [/iPhone|iPod/, 'iphone'],
  [/iPad/, 'ipad'],
  [/Windows/, 'windows'],
  [/Mac OS X|Macintosh/, 'mac'],
  [/Linux|X11/, 'linux'],
];

/**
 * The browser and system that a user agent names, as keys. Only these are kept: they suffice to know
 * one's own devices again, and the full text would tell more than is needed.
 */
export function deviceOf(userAgent: string | undefined): Device {
  const agent = userAgent ?? '';
  const find = (list: readonly [RegExp, string][]): string | null =>
    list.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
  return { browser: find(browsers), system: find(systems) };
}
