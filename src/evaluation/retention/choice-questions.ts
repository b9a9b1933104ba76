// The project's own multiple-choice questions: plain knowledge, the right option written first.
import { randomStream } from '../../core/random.ts';
import type { ChoiceQuestion } from './question.ts';

/** question | right | wrong | wrong | wrong. The first eight are of a kind the built-in model was taught. */
const QUESTIONS = `
Which of these is a fruit? | mango | hammer | piano | salmon
Which of these is a bird? | heron | birch | copper | tulip
Which of these is a metal? | zinc | owl | cotton | violin
Which of these is a tree? | willow | sparrow | hexagon | trout
Which of these is a planet? | Saturn | Lisbon | Tuesday | emerald
Which of these is an instrument? | cello | spruce | turnip | hawk
Which of these is a tool? | chisel | poppy | sardine | ruby
Which of these is a shape? | square | garlic | camel | Cairo
What is 8 + 7? | 15 | 14 | 16 | 25
What is 19 + 4? | 23 | 22 | 24 | 33
How many legs does a spider have? | eight | six | ten | four
Which month comes right after March? | April | May | February | June
Which is the largest ocean? | the Pacific | the Atlantic | the Indian Ocean | the Arctic Ocean
What do bees make? | honey | silk | milk | paper money
Which gas do people need to breathe? | oxygen | helium | neon | chlorine
What is the capital of Italy? | Rome | Milan | Madrid | Athens
On which continent does Egypt lie for the most part? | Africa | Europe | Asia | South America
What is frozen water called? | ice | steam | sand | salt
How many minutes are in an hour? | sixty | fifty | one hundred | twenty-four
Which animal is known for building dams? | the beaver | the horse | the eagle | the shark
What does a thermometer measure? | temperature | weight | distance | speed
Which of these numbers is even? | 18 | 7 | 21 | 35
What do plants take in through their roots? | water | light | music | wind
Who looks after people's teeth? | a dentist | a plumber | a pilot | a tailor
In which direction does the Sun rise? | in the east | in the west | in the north | in the south
How many sides does a triangle have? | three | four | five | six
Which word is the opposite of "empty"? | full | hollow | light | quiet
What is the hardest of these materials? | diamond | chalk | butter | wood
Which sense do the ears serve? | hearing | taste | smell | sight
What is half of 50? | 25 | 20 | 15 | 100
Which planet do we live on? | Earth | Mars | Venus | Jupiter
What is the process called by which plants use light to make sugar? | photosynthesis | erosion | combustion | condensation
Which organ pumps blood through the body? | the heart | the liver | the lungs | the stomach
Which metal is liquid at room temperature? | mercury | iron | aluminum | silver
What is the square root of 81? | 9 | 8 | 18 | 27
Which of these is a prime number? | 13 | 15 | 21 | 27
Which instrument has black and white keys? | the piano | the flute | the drum | the harp
Who painted the Mona Lisa? | Leonardo da Vinci | Claude Monet | Pablo Picasso | Vincent van Gogh
In which year did people first walk on the Moon? | 1969 | 1945 | 1989 | 1912
What is the chemical formula of table salt? | NaCl | H2O | CO2 | Fe2O3
`;

/** The options stand in an order that is shuffled, but always the same. */
export const CHOICE_QUESTIONS: readonly ChoiceQuestion[] = QUESTIONS.trim()
  .split('\n')
  .map((line, i) => {
    const [question, ...options] = line.split('|').map((part) => part.trim());
    const order = randomStream(1, 'order of options', i).shuffle(options.map((_, k) => k));
    return {
      kind: 'multiple_choice',
      id: `${i + 1}`,
      question: question!,
      options: order.map((k) => options[k]!),
      answer: order.indexOf(0),
    };
  });
