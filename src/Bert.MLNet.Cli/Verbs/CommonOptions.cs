using System.CommandLine;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<string> Model() => new("--model")
    {
        Description = "The folder of a checkpoint, its name on the HuggingFace hub, 'embedded' for the included small English model, " +
            "or 'embedded-static' for its static embeddings, which only compute vectors of texts.",
        Required = true,
    };

    public static Option<string> Dataset() => new("--dataset")
    {
        Description = "JSON lines, or a .tsv, .csv or .parquet file, with the fields 'id' and 'text'; '-' is standard input.",
        DefaultValueFactory = _ => "-",
    };

    public static Option<string> Output() => new("--output", "-o")
    {
        Description = "The file to write: .tsv, .csv or .parquet by its name, otherwise JSON lines; '-' is standard output. The file is " +
            "replaced only when it is complete.",
        DefaultValueFactory = _ => "-",
    };

    public static Option<int?> MaxLength()
    {
        var option = new Option<int?>("--max-length") { Description = "The maximum number of tokens in a row, including special tokens." };
        Require(option, value => value is null or >= 2, "at least 2, for [CLS] and [SEP]");
        return option;
    }

    public static Option<BertSimilarity?> Similarity() => new("--similarity")
    {
        Description = "The function by which vectors are compared. Default: the checkpoint's function, or Cosine if it has none.",
    };

    public static Option<int> TopK(string description)
    {
        var option = new Option<int>("--top-k") { Description = description, DefaultValueFactory = _ => 5 };
        Require(option, value => value >= 1, "at least 1");
        return option;
    }

    /// <summary>Rejects invalid values of an option.</summary>
    /// <param name="option">The option.</param>
    /// <param name="holds">Whether a value is valid.</param>
    /// <param name="due">The valid values, for the message.</param>
    public static void Require<T>(Option<T> option, Func<T?, bool> holds, string due) => option.Validators.Add(result =>
    {
        if (!Holds())
            result.AddError($"{option.Name} must be {due}.");

        bool Holds()
        {
            try
            {
                return holds(result.GetValueOrDefault<T>());
            }
            catch (InvalidOperationException)
            {
                return false; // a value of another type, such as a word instead of a number
            }
        }
    });

    /// <summary>Creates an option whose values have HuggingFace's names.</summary>
    public static Option<T> Choice<T>(string name, string description, T defaultValue, params (string Name, T Value)[] choices)
        where T : struct
    {
        var option = new Option<T>(name)
        {
            Description = $"{description} ({string.Join(", ", choices.Select(choice => choice.Name))}).",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => choices.First(choice => choice.Name == result.Tokens[0].Value).Value,
        };
        option.AcceptOnlyFromAmong([.. choices.Select(choice => choice.Name)]);
        return option;
    }
}
