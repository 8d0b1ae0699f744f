using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>The tokenizer among the files of a checkpoint.</summary>
internal static class TokenizerFiles
{
    public static BertTokenizer Read(FileSource files)
    {
        string vocabulary = files.ReadText("vocab.txt")
            ?? throw new FileNotFoundException($"There is no '{files.Describe("vocab.txt")}'. Copy or download the whole checkpoint.", files.Describe("vocab.txt"));
        string[] tokens = [.. vocabulary.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r'))];
        var options = new BertTokenizerOptions();
        if (files.ReadText("tokenizer_config.json") is { } json)
        {
            JsonFields fields = JsonFields.Parse(json, files.Describe("tokenizer_config.json"));
            options = options with
            {
                DoLowerCase = fields.Flag("do_lower_case") ?? true,
                StripAccents = fields.Flag("strip_accents"),
                TokenizeChineseChars = fields.Flag("tokenize_chinese_chars") ?? true,
                ModelMaxLength = fields.Number("model_max_length") is { } length and < int.MaxValue ? (int)length : null,
            };
        }
        return BertTokenizer.Create(new BertVocabulary(tokens), options);
    }

    public static void Write(BertTokenizer tokenizer, Func<string, Stream> create)
    {
        using (var writer = new StreamWriter(create("vocab.txt")))
            writer.Write(tokenizer.Vocabulary.ToText());
        using (var writer = new StreamWriter(create("tokenizer_config.json")))
        {
            writer.Write(JsonFile.Format(new Dictionary<string, object?>
            {
                ["do_lower_case"] = tokenizer.Options.DoLowerCase,
                ["strip_accents"] = tokenizer.Options.StripAccents,
                ["tokenize_chinese_chars"] = tokenizer.Options.TokenizeChineseChars,
                ["model_max_length"] = tokenizer.Options.ModelMaxLength,
                ["tokenizer_class"] = "BertTokenizer",
            }));
        }
    }
}
