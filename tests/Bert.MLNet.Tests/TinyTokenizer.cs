using System.Text.Json;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests;

/// <summary>Small tokenizers of each kind that split words, for small checkpoints.</summary>
internal static class TinyTokenizer
{
    private static readonly string[] s_special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    // The others are split into these and into letters.
    private static readonly string[] s_words =
        "the and of it is was this that they we so but with to on for good great bad film phone movie love hate time day ing ed".Split(' ');

    public static TheoryData<string> Kinds => ["WordPiece", "byte-level BPE", "Unigram"];

    /// <summary>Opens a checkpoint with another tokenizer than its own, and as many token embeddings as that needs.</summary>
    public static BertModel Load(TinyCheckpoint checkpoint, string kind)
    {
        if (kind == "WordPiece")
            return checkpoint.Load();
        using var folder = new TemporaryFolder();
        (string file, string content, int size) = kind == "Unigram" ? Unigram() : ByteBpe(folder);
        (checkpoint with { VocabSize = size }).Write(folder.Path);
        File.Delete(folder["vocab.txt"]);
        File.WriteAllText(folder[file], content);
        File.WriteAllText(folder["tokenizer_config.json"],
            $$"""{"tokenizer_class": "{{(kind == "Unigram" ? "XLMRobertaTokenizer" : "RobertaTokenizer")}}", "model_max_length": 64}""");
        File.WriteAllText(folder["special_tokens_map.json"],
            """{"cls_token":"<s>","mask_token":"<mask>","pad_token":"<pad>","sep_token":"</s>","unk_token":"<unk>"}""");
        return BertModel.FromPretrained(folder.Path);
    }

    /// <summary>Merges that put words together from the left, behind a space or not.</summary>
    private static (string File, string Content, int Size) ByteBpe(TemporaryFolder folder)
    {
        const string Blank = "Ġ";
        string[] merges =
        [
            .. s_words.Select(word => Blank + word).Concat(s_words)
                .SelectMany(word => Enumerable.Range(1, word.Length - 1).Select(i => $"{word[..i]} {word[i]}")).Distinct(),
        ];
        string[] tokens =
        [
            .. s_special, .. ByteAlphabet.Characters.ToArray().Select(c => c.ToString()),
            .. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)),
        ];
        File.WriteAllText(folder["merges.txt"], "#version: 0.2\n" + string.Join('\n', merges) + "\n");
        string vocabulary = JsonSerializer.Serialize(tokens.Index().ToDictionary(token => token.Item, token => token.Index));
        return ("vocab.json", vocabulary, tokens.Length);
    }

    private static (string File, string Content, int Size) Unigram()
    {
        const string Mark = "▁";
        string[] letters = [.. "abcdefghijklmnopqrstuvwxyz.,!?'-".Select(c => c.ToString())];
        (string Piece, double Score)[] pieces =
        [
            .. s_special.Select(token => (token, 0.0)), (Mark, -4), .. letters.Select(letter => (letter, -6.0)),
            .. s_words.SelectMany(word => new[] { (word, -8.0), (Mark + word, -5.0) }),
        ];
        object Special(string token) => new { SpecialToken = new { id = token, type_id = 0 } };
        object Text(string name) => new { Sequence = new { id = name, type_id = 0 } };
        object Ids(string token) => new { id = token, ids = (int[])[Array.IndexOf(s_special, token)], tokens = (string[])[token] };
        var metaspace = new { type = "Metaspace", replacement = Mark, prepend_scheme = "always", split = true };
        return ("tokenizer.json", JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = s_special.Select((content, id) => new
            {
                id, content, single_word = false, lstrip = content == "<mask>", rstrip = false, normalized = false, special = true,
            }),
            normalizer = (object?)null,
            pre_tokenizer = metaspace,
            post_processor = new
            {
                type = "TemplateProcessing",
                single = (object[])[Special("<s>"), Text("A"), Special("</s>")],
                pair = (object[])[Special("<s>"), Text("A"), Special("</s>"), Special("</s>"), Text("B"), Special("</s>")],
                special_tokens = new Dictionary<string, object> { ["<s>"] = Ids("<s>"), ["</s>"] = Ids("</s>") },
            },
            decoder = metaspace,
            model = new { type = "Unigram", unk_id = 3, vocab = pieces.Select(piece => (object[])[piece.Piece, piece.Score]) },
        }), pieces.Length);
    }
}
