import CalendarOutlined from '@ant-design/icons/es/icons/CalendarOutlined';
import CheckCircleFilled from '@ant-design/icons/es/icons/CheckCircleFilled';
import CheckOutlined from '@ant-design/icons/es/icons/CheckOutlined';
import CloseCircleFilled from '@ant-design/icons/es/icons/CloseCircleFilled';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import DownOutlined from '@ant-design/icons/es/icons/DownOutlined';
import ExclamationCircleFilled from '@ant-design/icons/es/icons/ExclamationCircleFilled';
import EyeInvisibleOutlined from '@ant-design/icons/es/icons/EyeInvisibleOutlined';
import EyeOutlined from '@ant-design/icons/es/icons/EyeOutlined';
import InfoCircleFilled from '@ant-design/icons/es/icons/InfoCircleFilled';
import LoadingOutlined from '@ant-design/icons/es/icons/LoadingOutlined';
import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import type { ConfigProviderProps } from 'antd';
import type { ReactNode } from 'react';

/** An icon only shows what its control says: left to itself it is read out by its English name. */
const unspoken = { 'aria-hidden': true, 'aria-label': undefined, role: undefined };

const clearIcon = <CloseCircleFilled {...unspoken} />;

/** Lets a text field be emptied; `label` is what its cross says. */
export const clearable = (label: string): { clearIcon: ReactNode } => ({
  clearIcon: <CloseCircleFilled aria-label={label} />,
});

/** A choice among many that is narrowed by typing. */
export const searchable = {
  optionFilterProp: 'label',
  searchIcon: <SearchOutlined {...unspoken} />,
};

const close = <CloseOutlined {...unspoken} />;

/** Ant Design's own icons, silent. */
export const silentIcons: Partial<ConfigProviderProps> = {
  alert: {
    closeIcon: close,
    successIcon: <CheckCircleFilled {...unspoken} />,
    infoIcon: <InfoCircleFilled {...unspoken} />,
    warningIcon: <ExclamationCircleFilled {...unspoken} />,
    errorIcon: <CloseCircleFilled {...unspoken} />,
  },
  datePicker: { suffixIcon: <CalendarOutlined {...unspoken} />, clearIcon },
  drawer: { closeIcon: close },
  inputPassword: {
    iconRender: (visible) =>
      visible ? <EyeOutlined {...unspoken} /> : <EyeInvisibleOutlined {...unspoken} />,
  },
  modal: { closeIcon: close },
  select: {
    clearIcon,
    loadingIcon: <LoadingOutlined {...unspoken} />,
    menuItemSelectedIcon: <CheckOutlined {...unspoken} />,
    removeIcon: close,
    suffixIcon: <DownOutlined {...unspoken} />,
  },
};
