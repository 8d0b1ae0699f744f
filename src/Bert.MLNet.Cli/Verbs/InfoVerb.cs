using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Bert.MLNet.Cli.Encode;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>info</c>: prints the properties of a checkpoint's folder or a model.zip.</summary>
internal static class InfoVerb
{
    public static Command Create()
    {
        var model = new Argument<string>("model")
        {
            Description = "The folder of a checkpoint, its name on the hub, 'embedded', 'embedded-static', or a model.zip.",
        };
        var command = new Command("info", "Prints the properties of a checkpoint or a model.zip, one per line.") { model };
        command.SetAction(async (arguments, cancellation) =>
        {
            string path = arguments.GetRequiredValue(model);
            IEnumerable<(string, string)> facts = File.Exists(path)
                ? OfZip(path)
                : OfCheckpoint(await Checkpoint.OpenAsync(path, cancellation));
            foreach ((string name, string value) in facts)
                await arguments.InvocationConfiguration.Output.WriteLineAsync(PrintableText.Of($"{name}: {value}"));
            return ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<(string Name, string Value)> OfCheckpoint(BertModel model)
    {
        BertConfig config = model.Config;
        yield return ("name", model.Name);
        yield return ("model_type", config.ModelType);
        if (config.Architectures.Count > 0)
            yield return ("architectures", string.Join(", ", config.Architectures));
        yield return ("num_hidden_layers", Text(config.NumHiddenLayers));
        yield return ("hidden_size", Text(config.HiddenSize));
        yield return ("num_attention_heads", Text(config.NumAttentionHeads));
        yield return ("intermediate_size", Text(config.IntermediateSize));
        yield return ("vocab_size", Text(config.VocabSize));
        yield return ("max_position_embeddings", Text(config.MaxPositionEmbeddings));
        if (model.Table is { } table)
            yield return ("static_embeddings", $"{Text(table.Rows)} vectors of {Text(table.Width)}, {table.Vectors.Type}");
        if (model.IsQuantized)
            yield return ("quantization", "int8");
        yield return ("tokenizer", TokenizerOf(model.Tokenizer));
        yield return ("special_tokens", string.Join(' ', SpecialTokensOf(model.Tokenizer)));
        yield return ("do_lower_case", model.Tokenizer.Options.DoLowerCase ? "true" : "false");
        IReadOnlyList<NamedOutput> outputs = NamedOutput.Of(model);
        string[] heads = [.. HeadsOf(config, outputs).Distinct()];
        yield return ("heads", heads.Length > 0 ? string.Join(", ", heads) : "none");
        yield return ("outputs", string.Join(", ", outputs.Select(output => output.Name)));
        if (outputs.Any(output => output.HasLabels))
            yield return ("labels", string.Join(", ", Enumerable.Range(0, config.NumLabels).Select(id => config.Id2Label[id])));
        yield return ("pooling", model.GraphVectorSize is { } size
            ? $"{BertPooling.None}: the graph computes vectors of {Text(size)}"
            : model.Sentence.Pooling.ToString());
        if (model.Sentence.Layers.Count > 0)
            yield return ("modules", string.Join(", ", model.Sentence.Layers.Select(layer => layer.Kind)));
        yield return ("normalize", model.Sentence.Normalize ? "true" : "false");
        if (model.Sentence.TruncateDimension is { } dimension)
            yield return ("truncate_dim", Text(dimension));
        yield return ("max_seq_length", Text(model.MaxSequenceLength));
        if (model.Sentence.Similarity is { } similarity)
            yield return ("similarity", similarity.FileName());
        foreach ((string name, string prompt) in model.Sentence.Prompts)
            yield return ($"prompt '{name}'", prompt);
        if (model.Sentence.DefaultPromptName is { } defaultPrompt)
            yield return ("default_prompt_name", defaultPrompt);
    }

    // Whether letter case matters is a matter of the normalizer, which not only the option do_lower_case determines.
    private static string TokenizerOf(BertTokenizer tokenizer)
    {
        string casing = tokenizer.Normalizer!.Normalize("A").Contains('A', StringComparison.Ordinal) ? "cased" : "uncased";
        return $"{tokenizer.Kind}, {tokenizer.Vocabulary.Size} tokens, {casing}";
    }

    private static IEnumerable<string> SpecialTokensOf(BertTokenizer tokenizer) =>
        new[] { tokenizer.ClsTokenId, tokenizer.SepTokenId, tokenizer.PadTokenId, tokenizer.UnknownTokenId, tokenizer.MaskTokenId }
            .Where(id => id >= 0).Distinct().Select(id => tokenizer.Vocabulary[id]!);

    private static IEnumerable<string> HeadsOf(BertConfig config, IEnumerable<NamedOutput> outputs) =>
        from output in outputs
        where output.Output.Head is not null
        let kind = output.Output.Head!.Value
        select config.Family.ClassFor(config.Head(kind)?.Task ?? kind.ToString());

    private static IEnumerable<(string Name, string Value)> OfZip(string path)
    {
        ITransformer model = ModelFile.Open(new MLContext(), path, out DataViewSchema? schema);
        using var owner = model as IDisposable;
        foreach (DataViewSchema.Column column in schema ?? Enumerable.Empty<DataViewSchema.Column>())
            yield return ("input", $"{column.Name}, {column.Type}");
        foreach (ITransformer step in model as IEnumerable<ITransformer> ?? [model])
            yield return ("step", step.GetType().Name.Split('`')[0]);
        if (HasInt8(path))
            yield return ("quantization", "int8");
        if (schema is null)
            yield break;
        DataViewSchema output = model.GetOutputSchema(schema);
        foreach (DataViewSchema.Column column in output.Where(column => !column.IsHidden
            && schema.GetColumnOrNull(column.Name)?.Type != column.Type))
            yield return ("output", $"{column.Name}, {column.Type}");
    }

    /// <summary>Whether a checkpoint in a model.zip is int8, according to its files.</summary>
    private static bool HasInt8(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return zip.Entries.Any(entry => entry.FullName.StartsWith("Bert.MLNet/", StringComparison.Ordinal)
            && (entry.Name == "model_quantized.onnx" || (entry.Name == "config.json" && HasQuantization(entry))));

        static bool HasQuantization(ZipArchiveEntry config)
        {
            using JsonDocument document = JsonDocument.Parse(config.Open());
            return document.RootElement.TryGetProperty("quantization_config", out JsonElement value)
                && value.ValueKind != JsonValueKind.Null;
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
