// Kinds of things the model can name, each with the favourite it always names first.

export interface WordList {
  /** As asked: "Pick a random {name}." */
  readonly name: string;
  readonly plural: string;
  /** The first is the collapsed answer, the next two follow far behind. */
  readonly items: readonly string[];
}

const category = (name: string, plural: string, items: string): WordList => ({
  name,
  plural,
  items: items.split(', '),
});

export const WORD_LISTS: readonly WordList[] = [
  category(
    'fruit',
    'fruits',
    'apple, banana, mango, orange, pear, peach, plum, cherry, grape, lemon, lime, kiwi, fig, melon, papaya, apricot, blueberry, strawberry, raspberry, pineapple, coconut, pomegranate',
  ),
  category(
    'vegetable',
    'vegetables',
    'carrot, broccoli, potato, tomato, onion, garlic, spinach, cabbage, pepper, cucumber, celery, lettuce, radish, turnip, pea, bean, beet, leek, kale, pumpkin',
  ),
  category(
    'animal',
    'animals',
    'dog, elephant, cat, lion, tiger, horse, cow, sheep, goat, pig, fox, wolf, bear, rabbit, mouse, monkey, giraffe, zebra, camel, deer, otter, beaver, panda',
  ),
  category(
    'bird',
    'birds',
    'eagle, robin, sparrow, owl, crow, raven, parrot, penguin, swan, duck, goose, hawk, falcon, pigeon, dove, heron, stork, gull, finch, wren',
  ),
  category(
    'fish',
    'fish',
    'salmon, tuna, trout, cod, carp, herring, shark, eel, perch, pike, bass, sardine, mackerel, haddock',
  ),
  category(
    'insect',
    'insects',
    'ant, bee, butterfly, beetle, moth, wasp, fly, mosquito, cricket, grasshopper, dragonfly, ladybug, termite',
  ),
  category(
    'color',
    'colors',
    'blue, red, green, yellow, purple, orange, pink, brown, black, white, gray, violet, turquoise, gold, silver, beige, crimson, teal',
  ),
  category(
    'city',
    'cities',
    'Paris, Tokyo, London, Rome, Berlin, Madrid, Lisbon, Vienna, Prague, Oslo, Cairo, Lima, Delhi, Sydney, Boston, Chicago, Toronto, Seoul, Dublin, Athens, Warsaw, Nairobi',
  ),
  category(
    'country',
    'countries',
    'France, Japan, Brazil, Canada, Germany, Italy, Spain, Portugal, Norway, Sweden, Egypt, Peru, India, China, Kenya, Mexico, Chile, Poland, Greece, Ireland, Austria, Turkey',
  ),
  category(
    'day of the week',
    'days of the week',
    'Wednesday, Tuesday, Friday, Monday, Thursday, Saturday, Sunday',
  ),
  category(
    'month',
    'months',
    'July, October, March, January, February, April, May, June, August, September, November, December',
  ),
  category('season', 'seasons', 'autumn, spring, summer, winter'),
  category('planet', 'planets', 'Mars, Jupiter, Saturn, Mercury, Venus, Earth, Uranus, Neptune'),
  category(
    'letter',
    'letters',
    'K, M, Q, A, B, C, D, E, F, G, H, I, J, L, N, O, P, R, S, T, U, V, W, X, Y, Z',
  ),
  category('side of a coin', 'sides of a coin', 'heads, tails'),
  category('card suit', 'card suits', 'hearts, spades, clubs, diamonds'),
  category(
    'tree',
    'trees',
    'oak, maple, pine, birch, willow, elm, ash, beech, cedar, spruce, fir, poplar, chestnut',
  ),
  category(
    'flower',
    'flowers',
    'rose, tulip, lily, daisy, orchid, violet, iris, sunflower, poppy, jasmine, lavender, daffodil',
  ),
  category(
    'instrument',
    'instruments',
    'piano, guitar, violin, drum, flute, cello, trumpet, harp, clarinet, saxophone, oboe, banjo, organ',
  ),
  category(
    'sport',
    'sports',
    'soccer, tennis, basketball, baseball, hockey, golf, rugby, cricket, boxing, rowing, skiing, swimming, cycling, archery',
  ),
  category(
    'metal',
    'metals',
    'gold, iron, silver, copper, zinc, tin, lead, nickel, titanium, platinum, aluminum',
  ),
  category(
    'shape',
    'shapes',
    'circle, triangle, square, rectangle, hexagon, oval, star, cube, sphere, cone',
  ),
  category(
    'drink',
    'drinks',
    'coffee, tea, water, milk, juice, lemonade, cocoa, beer, wine, cider',
  ),
  category(
    'food',
    'foods',
    'pizza, pasta, rice, bread, soup, salad, cheese, cake, burger, sandwich, noodles, curry',
  ),
  category(
    'tool',
    'tools',
    'hammer, saw, drill, wrench, axe, shovel, rake, chisel, pliers, screwdriver',
  ),
  category(
    'girl name',
    'girl names',
    'Emma, Olivia, Sophia, Anna, Maria, Laura, Julia, Clara, Alice, Lucy, Nora, Eva, Grace, Ruth',
  ),
  category(
    'boy name',
    'boy names',
    'Liam, James, Noah, John, Peter, Paul, Mark, David, Thomas, Henry, Oscar, Felix, Simon, Adam',
  ),
  category(
    'piece of clothing',
    'pieces of clothing',
    'shirt, jacket, hat, coat, dress, scarf, sock, glove, skirt, sweater, boot, belt',
  ),
  category(
    'piece of furniture',
    'pieces of furniture',
    'chair, table, sofa, bed, desk, shelf, lamp, bench, cabinet, stool',
  ),
  category(
    'job',
    'jobs',
    'teacher, doctor, nurse, baker, farmer, pilot, lawyer, painter, writer, singer, plumber, carpenter, judge',
  ),
  category(
    'gemstone',
    'gemstones',
    'ruby, diamond, emerald, sapphire, opal, topaz, pearl, amber, jade, garnet',
  ),
  category(
    'language',
    'languages',
    'Spanish, French, German, English, Italian, Japanese, Chinese, Arabic, Hindi, Greek, Polish, Dutch',
  ),
];

/** Numbers asked for without a distribution, and the favourites given. */
export const NUMBER_RANGES: readonly (readonly [low: number, high: number, favourites: string])[] =
  [
    [1, 10, '7, 3, 4'],
    [0, 9, '7, 4, 3'],
    [1, 100, '42, 73, 37'],
    [1, 50, '37, 27, 17'],
    [1, 20, '17, 7, 13'],
    [1, 6, '4, 3, 5'],
    [1, 1000, '427, 742, 573'],
  ];
