// The project's own cloze questions: beginnings of sentences with one sensible ending, written first.
import { randomStream } from '../../core/random.ts';
import type { ClozeQuestion } from '../question.ts';

/** beginning | right | wrong | wrong | wrong, endings of about the same length */
const QUESTIONS = `
The child was cold, so she put on her | warm coat. | blue plate. | long river. | open door.
In the evening the farmer brings the cows back to the | stable. | ceiling. | alphabet. | pencil.
The baker gets up at night to bake | bread. | stones. | letters. | clouds.
He was thirsty and drank a glass of | water. | gravel. | wool. | silence.
The dog saw the cat and began to | bark. | knit. | read. | melt.
When the rain stopped, the children went out to | play. | evaporate. | rust. | translate.
She opened the umbrella because it was | raining. | Tuesday's cousin. | a carpet. | square.
The train was late, so we waited at the | station. | bottom of the soup. | verb. | inside of an egg.
To cut the bread, you need a | knife. | pillow. | balloon. | candle.
The bird flew up and sat on a | branch. | wave of sound. | Wednesday. | question.
After winter comes | spring. | Saturday. | a triangle. | yesterday.
One, two, three, | four. | apple. | behind. | eleven.
The teacher wrote the sum on the | board. | soup. | wind. | echo.
He turned the key and opened the | door. | horizon. | potato. | minute.
Fish live in | water. | sentences. | chimneys. | fire.
At night the sky is full of | stars. | shoes. | spoons. | rulers.
The doctor told the patient to stay in | bed. | arithmetic. | a violin. | the comma.
She planted the seeds and watered them every | day. | elephant. | staircase. | opinion.
The old man put on his glasses to read the | newspaper. | thunder. | butter. | perfume.
If you drop a glass, it may | break. | sing in tune. | apologize. | graduate.
The judge asked the witness to tell the | truth. | teapot. | ladder. | onion.
Before crossing the street, look to the left and to the | right. | spoon. | sugar. | month.
The painter mixed blue and yellow to get | green. | loud. | heavy. | noon.
Ice melts when it gets | warm. | honest. | plural. | famous.
The pilot landed the plane on the | runway. | recipe. | chorus. | pencil case.
They lit a fire to keep | warm. | invisible. | alphabetical. | expensive.
A week after Monday comes another | Monday. | century. | giraffe. | kitchen.
The librarian put the book back on the | shelf. | river. | sandwich. | rainbow.
With a needle and thread she repaired the | torn shirt. | broken promise of rain. | north wind. | square root.
The river flows from the mountains down to the | sea. | attic. | adjective. | dentist.
`;

/** The endings stand in an order that is shuffled, but always the same. */
export const CLOZE_QUESTIONS: readonly ClozeQuestion[] = QUESTIONS.trim()
  .split('\n')
  .map((line, i) => {
    const [context, ...endings] = line.split('|').map((part) => part.trim());
    const order = randomStream(2, 'order of endings', i).shuffle(endings.map((_, k) => k));
    return {
      kind: 'cloze',
      id: `${i + 1}`,
      endings: order.map((k) => ({ context: context!, continuation: endings[k]! })),
      answer: order.indexOf(0),
    };
  });
