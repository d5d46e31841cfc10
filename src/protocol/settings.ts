/** What a page leads to the settings of. */
export type SettingsTopic = 'all' | 'reading' | 'images' | 'models';
