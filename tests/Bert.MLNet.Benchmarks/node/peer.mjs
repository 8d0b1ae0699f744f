// A peer of the benchmarks: node peer.mjs tokenize|batch|embed FOLDER TEXTS THREADS
// FOLDER has tokenizer.json, vocab.txt, or vocab.json with merges.txt as in RoBERTa and, to embed, onnx/model.onnx; TEXTS is a JSON list. It says "ready"; for every number n that it then reads it
// does the first n texts and answers with a line of JSON.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import tokenizers from 'tokenizers';

const [work, folder, file, threads] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(file, 'utf8'));
const Sample = 100;

async function rustTokenizer() {
  const whole = join(folder, 'tokenizer.json');
  if (existsSync(whole))
    return tokenizers.Tokenizer.fromFile(whole);
  const { AddedToken, BPE, Tokenizer, WordPiece } = tokenizers;
  const { bertNormalizer, bertPreTokenizer, bertProcessing, byteLevelPreTokenizer, robertaProcessing } = tokenizers;
  if (existsSync(join(folder, 'merges.txt'))) {
    const bytes = new Tokenizer(await BPE.fromFile(join(folder, 'vocab.json'), join(folder, 'merges.txt'), {}));
    bytes.setPreTokenizer(byteLevelPreTokenizer(false));
    bytes.addAddedTokens(['<s>', '<pad>', '</s>', '<unk>', '<mask>'].map(token => new AddedToken(token, true)));
    bytes.setPostProcessor(robertaProcessing(['</s>', bytes.tokenToId('</s>')], ['<s>', bytes.tokenToId('<s>')], true, false));
    return bytes;
  }
  const tokenizer = new Tokenizer(await WordPiece.fromFile(join(folder, 'vocab.txt'), { unkToken: '[UNK]' }));
  tokenizer.setNormalizer(bertNormalizer({ lowercase: true }));
  tokenizer.setPreTokenizer(bertPreTokenizer());
  tokenizer.addAddedTokens(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(token => new AddedToken(token, true)));
  tokenizer.setPostProcessor(bertProcessing(['[SEP]', tokenizer.tokenToId('[SEP]')], ['[CLS]', tokenizer.tokenToId('[CLS]')]));
  return tokenizer;
}

const ways = {
  async tokenize() {
    const tokenizer = await rustTokenizer();
    return async some => {
      let tokens = 0;
      for (const text of some)
        tokens += (await tokenizer.encode(text)).getIds().length - 2;
      return { tokens };
    };
  },
  async batch() {
    const tokenizer = await rustTokenizer();
    return async some => {
      let tokens = 0;
      for (const encoding of await tokenizer.encodeBatch(some))
        tokens += encoding.getIds().length - 2;
      return { tokens };
    };
  },
  async embed() {
    if (!existsSync(join(folder, 'tokenizer.json')))
      (await rustTokenizer()).save(join(folder, 'tokenizer.json'));
    const { env, pipeline } = await import('@huggingface/transformers');
    env.allowRemoteModels = false;
    env.localModelPath = dirname(resolve(folder));
    const embed = await pipeline('feature-extraction', basename(folder), {
      dtype: 'fp32', device: 'cpu', session_options: { intraOpNumThreads: Number(threads) },
    });
    const Batch = 32;
    return async some => {
      const vectors = [];
      for (let start = 0; start < some.length; start += Batch)
        vectors.push(...(await embed(some.slice(start, start + Batch), { pooling: 'mean' })).tolist());
      return { vectors: some.length <= Sample ? vectors : [] };
    };
  },
};

const run = await ways[work]();
console.log('ready');
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await run(texts.slice(0, Number(line)))));
