// Topics on which a model is asked to write multiple-choice questions.

/** The first eight are topics of the questions that the built-in model was taught. */
export const QUESTION_TOPICS: readonly string[] = `
addition; fruits; animals; cities; countries; colors; birds; planets;
rivers and lakes; the human body; volcanoes; ancient Rome; the Vikings; the printing press; the weather;
magnets; sound; light and lenses; atoms; acids and bases; cells; plants; whales; spiders; dinosaurs;
fractions; geometry; prime numbers; probability; computers; algorithms; spelling; grammar; poetry;
the theater; classical music; jazz; painting; architecture; bridges; railways; ships; aviation;
space travel; the Olympic Games; chess; football; cooking; bread; tea; money; maps
`
  .split(';')
  .map((topic) => topic.trim().replace(/\s+/g, ' '));
