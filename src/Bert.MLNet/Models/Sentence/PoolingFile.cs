using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>The <c>config.json</c> of sentence-transformers' module <c>Pooling</c>, in its older and its newer form.</summary>
internal static class PoolingFile
{
    // In the order in which sentence-transformers concatenates them; the names are those of its newer files.
    private static readonly (string Flag, string Name, BertPooling Pooling)[] Modes =
    [
        ("pooling_mode_cls_token", "cls", BertPooling.Cls),
        ("pooling_mode_max_tokens", "max", BertPooling.Max),
        ("pooling_mode_mean_tokens", "mean", BertPooling.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", BertPooling.MeanSqrtLength),
        ("pooling_mode_weightedmean_tokens", "weightedmean", BertPooling.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", BertPooling.LastToken),
    ];

    /// <summary>Reads the file.</summary>
    /// <param name="files">The files of the module.</param>
    /// <param name="options">The options so far.</param>
    /// <param name="ofLayers">Whether the pooled states are those of <see cref="WeightedLayerPooling"/>.</param>
    /// <returns>The options with the pooling, and the size of hidden states, or null if the file does not name it.</returns>
    /// <exception cref="NotSupportedException">A pooling is not supported.</exception>
    public static (BertSentenceOptions Options, int? Width) Read(ModuleFiles files, BertSentenceOptions options, bool ofLayers)
    {
        JsonFields fields = files.Config();
        string[] names = fields.Find("pooling_mode") switch
        {
            null => [.. Modes.Where(mode => fields.Flag(mode.Flag) == true).Select(mode => mode.Name)],
            { ValueKind: JsonValueKind.Array } => [.. fields.Texts("pooling_mode")],
            _ => [fields.Text("pooling_mode")!],
        };
        BertPooling pooling = names.Length == 0 ? BertPooling.Mean : BertPooling.None;
        foreach (string name in names)
        {
            BertPooling mode = Array.Find(Modes, known => known.Name == name).Pooling;
            // Higher flags are later in a concatenation, so a list in another order cannot be represented.
            if (mode == BertPooling.None || mode <= pooling)
                throw new NotSupportedException(
                    $"The pooling '{string.Join(", ", names)}' in '{files.ConfigFile}' is not supported: only " +
                    $"{string.Join(", ", Modes.Select(known => known.Name))} are, in this order. Use another checkpoint.");
            pooling |= mode;
        }
        if (ofLayers)
        {
            pooling = pooling == BertPooling.Mean ? BertPooling.LastLayersMean : throw new NotSupportedException(
                $"The pooling '{string.Join(", ", names)}' in '{files.ConfigFile}' is not supported after " +
                $"{nameof(WeightedLayerPooling)}: only mean is. Use another checkpoint.");
        }
        options = options with { Pooling = pooling, IncludePrompt = fields.Flag("include_prompt") ?? true };
        CheckWeighted(options, $"'{files.ConfigFile}' is not supported");
        return (options, fields.Whole("word_embedding_dimension", 1, "embedding_dimension"));
    }

    /// <summary>Creates the text of the file, with the flags that every version of sentence-transformers reads.</summary>
    public static string Format(BertSentenceOptions options, int width)
    {
        var fields = new Dictionary<string, object?> { ["word_embedding_dimension"] = width };
        BertPooling modes = options.Pooling == BertPooling.LastLayersMean ? BertPooling.Mean : options.Pooling;
        foreach ((string flag, _, BertPooling mode) in Modes)
            fields[flag] = (modes & mode) != 0;
        fields["include_prompt"] = options.IncludePrompt;
        return JsonFile.Format(fields);
    }

    /// <summary>
    /// Rejects weights for poolings other than means, which sentence-transformers would weight but this library does not.
    /// </summary>
    public static void CheckWeighted(BertSentenceOptions options, string what)
    {
        const BertPooling Unweighted = BertPooling.Cls | BertPooling.Max | BertPooling.WeightedMean | BertPooling.LastToken;
        if (options.TokenWeights is not null && (options.Pooling & Unweighted) != 0)
            throw new NotSupportedException(
                $"{what}: token weights (WordWeights) require the pooling {BertPooling.Mean}, {BertPooling.MeanSqrtLength} or " +
                $"{BertPooling.LastLayersMean}, not {options.Pooling}. Choose another pooling.");
    }
}
