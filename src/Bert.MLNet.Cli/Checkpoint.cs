namespace Bert.MLNet.Cli;

/// <summary>Opens the checkpoint that <c>--model</c> names.</summary>
internal static class Checkpoint
{
    private const string Embedded = "embedded", EmbeddedStatic = "embedded-static";

    /// <summary>The code that opens an included checkpoint: <c>embedded</c>, <c>embedded-static</c>; null for all others.</summary>
    /// <param name="model">The value of <c>--model</c>.</param>
    /// <param name="isFast">Whether it is used as static embeddings.</param>
    public static string? CodeOf(string model, bool isFast) => Included(model) is not { } bert ? null
        : isFast || bert.Table is not null ? "BertModel.DefaultStatic" : "BertModel.Default";

    /// <summary>
    /// Opens a checkpoint: a folder, a name on the hub, <c>embedded</c> or <c>embedded-static</c>.
    /// </summary>
    public static async Task<BertModel> OpenAsync(string model, CancellationToken cancellation) =>
        Included(model) ?? await BertModel.FromPretrainedAsync(model, cancellationToken: cancellation);

    /// <summary>Opens a checkpoint in int8.</summary>
    public static async Task<BertModel> OpenAsync(string model, BertQuantizationOptions quantization, CancellationToken cancellation) =>
        Included(model)?.Quantize(quantization)
        ?? await BertModel.FromPretrainedAsync(model, quantization: quantization, cancellationToken: cancellation);

    /// <summary>Opens a checkpoint and converts it to static embeddings.</summary>
    /// <exception cref="UsageException">The checkpoint has static embeddings.</exception>
    public static async Task<BertModel> OpenFastAsync(string model, CancellationToken cancellation)
    {
        BertModel bert = await OpenAsync(model, cancellation);
        if (bert.Table is not null)
            throw new UsageException($"'{bert.Name}' has static embeddings, which are as fast without --fast.");
        return bert.ToFast();
    }

    /// <summary>
    /// Opens a checkpoint's tokenizer, without its weights if possible, and gets the maximum row length, or null if unknown.
    /// </summary>
    public static async Task<(BertTokenizer Tokenizer, int? Limit)> OpenTokenizerAsync(string model, CancellationToken cancellation)
    {
        // sentence-transformers' files can change the tokenizer, so the whole checkpoint has to be opened.
        if (Directory.Exists(model)
            && !File.Exists(Path.Combine(model, "modules.json"))
            && !File.Exists(Path.Combine(model, "sentence_bert_config.json")))
        {
            BertTokenizer tokenizer = BertTokenizer.FromPretrained(model);
            string config = Path.Combine(model, "config.json");
            return (tokenizer, Least(tokenizer.Options.ModelMaxLength, File.Exists(config) ? BertConfig.FromFile(config).MaxTokens : null));
        }
        BertModel checkpoint = await OpenAsync(model, cancellation);
        return (checkpoint.Tokenizer, Limit(checkpoint));
    }

    /// <summary>The maximum row length of the encoder. The lower limit of a sentence embedding does not apply.</summary>
    public static int Limit(BertModel model) => Least(model.Tokenizer.Options.ModelMaxLength, model.Config.MaxTokens)!.Value;

    private static BertModel? Included(string model) => Directory.Exists(model) ? null : model switch
    {
        Embedded => BertModel.Default,
        EmbeddedStatic => BertModel.DefaultStatic,
        _ => null,
    };

    private static int? Least(int? a, int? b) => a is { } first && b is { } second ? Math.Min(first, second) : a ?? b;
}
