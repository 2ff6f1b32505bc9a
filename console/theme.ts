import type { ThemeConfig } from 'antd';

export const fontFamily =
  '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,sans-serif';

/** Ant Design in the console's colours; the same values stand as variables in theme.css. */
export function antTheme(large: boolean): ThemeConfig {
  return {
    hashed: false,
    token: {
      colorPrimary: '#0b655c',
      colorLink: '#0b655c',
      colorInfo: '#0b655c',
      colorError: '#b3261e',
      colorWarning: '#8a5300',
      colorSuccess: '#0b655c',
      colorPrimaryBg: '#e6f1ef',
      colorPrimaryBgHover: '#d8eae7',
      colorPrimaryBorder: '#b5d3ce',
      controlItemBgActive: '#e6f1ef',
      controlItemBgActiveHover: '#d8eae7',
      colorInfoBg: '#e6f1ef',
      colorInfoBorder: '#b5d3ce',
      colorWarningBg: '#fdf3e3',
      colorWarningBorder: '#e3c48c',
      colorErrorBg: '#fcebea',
      colorErrorBorder: '#efb8b4',
      colorText: '#1c2523',
      colorTextSecondary: '#4b5754',
      colorTextDescription: '#56625f',
      colorTextPlaceholder: '#65716e',
      colorTextTertiary: '#56625f',
      colorTextQuaternary: '#65716e',
      colorBorder: '#b9c3c0',
      colorBorderSecondary: '#dde3e1',
      borderRadius: 6,
      fontSize: large ? 17 : 14,
      controlHeight: large ? 42 : 36,
      fontFamily,
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      motionUnit: 0.06,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    },
  };
}
