using System.Text.Json.Nodes;

namespace Bert.MLNet.Tokenization;

/// <summary>Learns a tokenizer like XLM-R's, with the normalizers of HuggingFace's <c>SentencePieceUnigramTokenizer</c>.</summary>
internal sealed class UnigramTraining(BertUnigramTrainingOptions options) : TokenizerTraining(Json, "XLMRobertaTokenizer")
{
    private const string Json =
        $$"""
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
          "normalizer": {
            "type": "Sequence",
            "normalizers": [
              { "type": "Nmt" }, { "type": "NFKC" }, { "type": "Strip", "strip_left": false, "strip_right": true },
              { "type": "Replace", "pattern": { "Regex": " {2,}" }, "content": " " }
            ]
          },
          "pre_tokenizer": { "type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true },
          "post_processor": {
            "type": "TemplateProcessing",
            "single": [
              { "SpecialToken": { "id": "{{Begin}}", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } },
              { "SpecialToken": { "id": "{{End}}", "type_id": 0 } }
            ],
            "pair": [
              { "SpecialToken": { "id": "{{Begin}}", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } },
              { "SpecialToken": { "id": "{{End}}", "type_id": 0 } }, { "SpecialToken": { "id": "{{End}}", "type_id": 0 } },
              { "Sequence": { "id": "B", "type_id": 0 } }, { "SpecialToken": { "id": "{{End}}", "type_id": 0 } }
            ],
            "special_tokens": {
              "{{Begin}}": { "id": "{{Begin}}", "ids": [0], "tokens": ["{{Begin}}"] },
              "{{End}}": { "id": "{{End}}", "ids": [2], "tokens": ["{{End}}"] }
            }
          },
          "decoder": { "type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true },
          "model": { "type": "Unigram", "unk_id": 0, "vocab": [["{{Unknown}}", 0]], "byte_fallback": false }
        }
        """;

    public override Dictionary<string, byte[]> Learn(IReadOnlyDictionary<string, long> words, CancellationToken cancellationToken)
    {
        (string, double)[] first = [(Begin, 0), (Padding, 0), (End, 0), (Unknown, 0)];
        (string Piece, double Score)[] pieces =
            [.. first, .. UnigramTrainer.Train(words, options.VocabSize - first.Length - 1, options, cancellationToken), (Mask, 0)];
        return Files(
            new JsonObject
            {
                ["unk_id"] = first.Length - 1,
                ["vocab"] = new JsonArray([.. pieces.Select(piece => new JsonArray(piece.Piece, piece.Score))]),
            },
            maskId: pieces.Length - 1);
    }
}
