// The project's own texts for perplexity: plain prose in short and longer sentences.
import type { Document } from './documents.ts';

const PASSAGES = [
  `The old woman walks to the market in the morning. She carries a red basket. In the basket there is
bread, and there are apples. A small dog walks near the woman. The dog sees a brown bird in the garden,
and the bird sings. The woman is tired, but she is happy.`,
  `A boy finds a key in the forest. He takes the key to the house of the teacher. The teacher has lost a
key, but her key is small and this one is large. In the evening the boy and the teacher walk to the
river. There is an old door near the river, and the key opens it.`,
  `Every winter the harbor froze, and the boats stood in the ice as if someone had drawn them there. The
fishermen mended their nets in the warm back room of the inn, talked about the weather of other years,
and waited. In March a crack like a gunshot ran across the bay, and by noon the water was black again.`,
  `To make a simple bread, mix five hundred grams of flour with a spoon of salt and a little yeast. Add
about three hundred and fifty milliliters of lukewarm water and stir until no dry flour is left. Cover
the bowl and let the dough rest overnight. In the morning fold it a few times, shape a loaf, and bake it
in a very hot oven for forty minutes. It is done when it sounds hollow.`,
  `A fair coin has no memory. If it has shown heads nine times in a row, the tenth toss is still as
likely to show tails as heads. People find this hard to believe, because a long run looks like a debt
that has to be paid back. It is not paid back; it is only diluted by all the tosses that follow.`,
  `The first clocks in towers had no faces. They struck a bell, and people counted. Later came a single
hand for the hours, and only when the pendulum had made clocks good enough did anyone think of adding a
second hand for the minutes. Precision, it turns out, is something that one learns to want.`,
  `Dear Anna, the garden is doing better than we deserve. The beans have reached the top of the poles and
do not know where to go next, the tomatoes are still green and sulk, and something eats the lettuce at
night. I suspect the hedgehog, your father suspects the neighbor's rabbit, and neither of them has been
seen. Come in August, when there is something to eat. With love, Clara.`,
  `Rivers sort what they carry. Where the slope is steep and the water fast, only boulders stay behind;
farther down lie pebbles, then sand, and where the stream slows into a plain it drops the finest mud. A
geologist who finds round stones in a dry hillside can therefore say how fast a river once ran there,
although nobody has seen it for a million years.`,
];

export const PASSAGE_DOCUMENTS: readonly Document[] = PASSAGES.map((passage, i) => ({
  id: `${i + 1}`,
  text: passage.replaceAll('\n', ' '),
}));
