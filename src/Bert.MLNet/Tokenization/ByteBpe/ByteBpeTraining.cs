using System.Text;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Tokenization;

/// <summary>Learns a tokenizer like RoBERTa's.</summary>
internal sealed class ByteBpeTraining : TokenizerTraining
{
    private readonly BertByteBpeTrainingOptions _options;

    public ByteBpeTraining(BertByteBpeTrainingOptions options)
        : base(Json(options.AddPrefixSpace ? "true" : "false"), "RobertaTokenizer")
    {
        _options = options;
        Config[TokenizerConfig.PrefixSpaceName] = options.AddPrefixSpace;
    }

    public override Dictionary<string, byte[]> Learn(IReadOnlyDictionary<string, long> words, CancellationToken cancellationToken)
    {
        var trainer = new BpeTrainer(prefix: "", _options.MaxTokenLength ?? int.MaxValue);
        foreach (string token in (string[])[Begin, Padding, End, Unknown, Mask])
            trainer.Add(token);
        int maskId = trainer.Pieces.Count - 1;
        char[] alphabet = ByteAlphabet.Characters.ToArray();
        foreach (char c in alphabet.Order())
            trainer.Add(c.ToString());
        if (trainer.Pieces.Count > _options.VocabSize)
        {
            throw new ArgumentException(
                $"A vocabulary of {_options.VocabSize} tokens is too small for the special tokens and the {alphabet.Length} bytes, which " +
                $"are {trainer.Pieces.Count} tokens. Use a larger vocabulary size.");
        }
        trainer.Train(words, _options.VocabSize, _options.MinFrequency, cancellationToken);

        var vocabulary = new JsonObject(trainer.Pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id)));
        byte[] pieces = Bytes(vocabulary);
        IReadOnlyList<(string Left, string Right)> merges = trainer.Merges;
        var pairs = new JsonArray([.. merges.Select(merge => new JsonArray(merge.Left, merge.Right))]);
        return new Dictionary<string, byte[]>(Files(new JsonObject { ["vocab"] = vocabulary, ["merges"] = pairs }, maskId))
        {
            [BpeFiles.VocabularyName] = pieces,
            [BpeFiles.MergesName] = Encoding.UTF8.GetBytes(
                "#version: 0.2\n" + string.Concat(merges.Select(merge => $"{merge.Left} {merge.Right}\n"))),
        };
    }

    private static string Json(string addPrefixSpace) =>
        $$"""
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
          "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": {{addPrefixSpace}}, "trim_offsets": true, "use_regex": true },
          "post_processor": {
            "type": "RobertaProcessing", "sep": ["{{End}}", 2], "cls": ["{{Begin}}", 0], "trim_offsets": true,
            "add_prefix_space": {{addPrefixSpace}}
          },
          "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true },
          "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": {}, "merges": []
          }
        }
        """;
}
