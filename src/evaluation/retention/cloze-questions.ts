// The project's own cloze questions: beginnings of sentences with one sensible ending, written first.
import { randomStream } from '../../core/random.ts';
import type { ClozeQuestion } from './question.ts';

/** beginning | right | wrong | wrong | wrong, endings of much the same length, so that it gives nothing away */
const QUESTIONS = `
The child was cold, so she put on her | warm coat. | blue plate. | long rope. | open door.
In the evening the farmer brings the cows back to the | stable. | ceiling. | pencil. | comma.
The baker gets up at night to bake | bread. | stone. | clouds. | wool.
He was thirsty and drank a glass of | water. | sand. | wool. | gravel.
The dog saw the cat and began to | bark. | knit. | rust. | boil.
When the rain stopped, the children went outside to | play. | melt. | rust. | boil.
She opened the umbrella because it was | raining. | square. | plural. | wooden.
The train was late, so we waited at the | station. | spoon. | adverb. | sandwich.
To cut the bread, you need a | knife. | cloud. | song. | pillow.
The bird flew up and sat on a | branch. | sound. | minute. | question.
After winter comes | spring. | Friday. | copper. | noon.
One, two, three, | four. | pear. | moon. | here.
The teacher wrote the sum on the | board. | soup. | wind. | thunder.
He turned the key and opened the | door. | river. | egg. | month.
Fish live in | water. | flour. | books. | fire.
At night the sky is full of | stars. | shoes. | soup. | rulers.
The doctor told the tired patient to stay in | bed. | jam. | ink. | rice.
She planted the seeds and watered them every | day. | owl. | cup. | sock.
The old man put on his glasses to read the | newspaper. | thunder. | perfume. | toothbrush.
If you drop a glass, it may | break. | sing. | argue. | vote.
The judge asked the witness to tell the | truth. | onion. | ladder. | teapot.
Before you cross the street, look to the left and to the | right. | spoon. | sugar. | cheese.
The painter mixed blue and yellow to get | green. | loud. | noon. | heavy.
Ice melts when it gets | warm. | late. | rich. | shy.
The pilot landed the plane on the | runway. | recipe. | pillow. | chorus.
They lit a fire to keep | warm. | blue. | flat. | odd.
A week after Monday comes another | Monday. | spoon. | giraffe. | pencil.
The librarian put the book back on the | shelf. | river. | soup. | cloud.
With a needle and thread she repaired the | torn shirt. | north wind. | hot soup. | wet river.
The river flows from the mountains down to the | sea. | egg. | hat. | pen.
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
