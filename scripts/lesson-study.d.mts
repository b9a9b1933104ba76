export const LESSON_STUDY: string;
export function lessonStudy(): string;
