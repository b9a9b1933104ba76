// The project's own open-ended prompts: things of which many would do, so that none should prevail.
import type { Prompt } from '../prompts.ts';

/** After "a random". The first 32 are kinds of things that the built-in model knows. */
const THINGS = `
fruit; vegetable; animal; bird; fish; insect; color; city; country; day of the week; month; season;
planet; letter; side of a coin; card suit; tree; flower; instrument; sport; metal; shape; drink;
food; tool; girl name; boy name; piece of clothing; piece of furniture; job; gemstone; language;
river; mountain; island; lake; desert; ocean or sea; capital of Africa; capital of Asia;
capital of Europe; capital of South America; state of the United States; English county;
Japanese prefecture; train station; airport; famous bridge; museum; castle; street name; family name;
name for a cat; name for a dog; name for a horse; name for a boat; name for a café;
word of four letters; word of seven letters; noun; verb; adjective; adverb; rhyme for "light";
Greek letter; emoji; chess opening; chess piece; playing card; board game; card game; video game;
toy; dance; musical genre; opera; symphony; folk song; musical key; composer; painter; sculptor;
novel; poet; playwright; fairy tale; figure of Greek mythology; Norse god; superhero; film; film genre;
director of films; actor; television series; mathematician; physicist; chemist; philosopher; explorer;
inventor; astronaut; queen or king; chemical element; constellation; moon of a planet; mineral; rock;
dinosaur; mammal; reptile; amphibian; breed of dog; breed of cow; mushroom; herb; spice; nut; grain;
cheese; kind of bread; soup; dessert; pizza topping; breakfast dish; sauce; sandwich; ice cream flavor;
year between 1000 and 2000; date of the year; time of day; prime number below 1000;
whole number from 1 to 10; whole number from 1 to 100; three-digit number; dice roll; percentage;
fraction between 0 and 1; hexadecimal digit; binary string of eight digits; password of six letters;
unit of measurement; programming language; currency; hobby; Olympic discipline; martial art; yoga pose;
vehicle; means of transport; part of the body; bone; kitchen utensil; household chore; fabric; hat;
shoe; weather; natural disaster; superpower; excuse for being late; birthday gift; topic to talk about
`;

const things = THINGS.split(';').map((thing) => thing.trim().replace(/\s+/g, ' '));

export const OPEN_PROMPTS: readonly Prompt[] = things.map((thing) => ({
  id: thing,
  prompt: `Give me a random ${thing}. Output ONLY the answer.`,
}));
