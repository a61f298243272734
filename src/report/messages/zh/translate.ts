export const translate = (text: string): string => text;
