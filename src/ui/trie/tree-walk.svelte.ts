// Where one is in the tree, which answer was drawn, and whose tokenizer cuts it.
import { randomStream } from '../../core/random.ts';
import {
  type AnswerTree,
  drawAnswer,
  edgesOf,
  firstParting,
  mostDifferentlyCut,
  piecesOf,
  toldAlong,
  answerTree,
  wayTo,
} from '../../lab/race/answer-tree.ts';
import { type RaceTarget, trieOf } from '../../lab/race/race.ts';
import type { AnswerTokens } from '../../lab/events.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';

export class TreeWalk {
  /** In the tree of whichever tokenizer. */
  node = $state(0);
  /** The answer that was drawn last; null before. */
  answer = $state<number | null>(null);
  error = $state.raw<LabError | null>(null);
  cutting = $state(false);
  #drawn = 0;
  /** Another tokenizer's way with answers that were asked for; null for the model's own. */
  #chosen = $state.raw<{
    readonly model: string;
    readonly tokens: AnswerTokens;
    readonly values: readonly string[];
  } | null>(null);

  constructor(
    private readonly target: () => RaceTarget,
    private readonly cut: (model: string, answers: readonly string[]) => Promise<AnswerTokens>,
  ) {}

  /** The same while those are asked for: of others it says nothing. */
  readonly #other = $derived.by(() =>
    this.#chosen && isSame(this.#chosen.values, this.target().values) ? this.#chosen : null,
  );
  readonly #own: AnswerTree = $derived.by(() => answerTree(this.target()));
  readonly tree: AnswerTree = $derived.by(() => {
    const target = this.target();
    if (!this.#other) return this.#own;
    const { values, probabilities } = target;
    const { tokens } = this.#other;
    return { values, probabilities, tokens, trie: trieOf(target, tokens) };
  });
  readonly way = $derived(wayTo(this.tree, this.node));
  readonly told = $derived(this.answer === null ? [] : toldAlong(this.tree, this.answer));
  /** One answer as both tokenizers cut it, the drawn one if there is one; null with the model's own. */
  readonly cuts = $derived.by(() => {
    if (!this.#other) return null;
    const answer = this.answer ?? mostDifferentlyCut(this.#own, this.tree);
    return {
      text: this.tree.values[answer]!,
      own: piecesOf(this.#own, answer),
      other: piecesOf(this.tree, answer),
    };
  });
  /** Edges of the drawn answer. */
  readonly drawnEdges: readonly number[] = $derived(
    this.answer === null ? [] : edgesOf(this.tree, this.answer),
  );

  /** Whose tokenizer it is; empty for the model's own. */
  get cutBy(): string {
    return this.#other?.model ?? '';
  }

  /** Goes to where there is something to see first; nothing has been drawn. */
  begin(): void {
    this.answer = null;
    this.node = firstParting(this.tree);
  }

  /** Draws one answer, to be followed from where answers part. */
  draw(seed: number): void {
    this.begin();
    this.answer = drawAnswer(this.tree, randomStream(seed, 'one answer', this.#drawn++));
  }

  /** One token further along the drawn answer. */
  follow(): void {
    const at = this.told.findIndex(({ node }) => node === this.node);
    const next = this.told[at + 1];
    if (at >= 0 && next) this.node = next.node;
  }

  /** @param named the model whose tokenizer it is, perhaps still being opened; empty for the one that is asked */
  async cutWith(named: string | Promise<string>): Promise<void> {
    this.error = null;
    this.cutting = true;
    try {
      const model = await named;
      const target = this.target();
      const { values } = target;
      const tokens = model === '' ? null : await this.cut(model, values);
      // Said now if they make no tree.
      if (tokens) trieOf(target, tokens);
      this.#chosen = tokens && { model, tokens, values };
      this.node = firstParting(this.tree);
    } catch (thrown) {
      this.error = labErrorOf(thrown);
    } finally {
      this.cutting = false;
    }
  }
}

const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((value, i) => value === others[i]);
