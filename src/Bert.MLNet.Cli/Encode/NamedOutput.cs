using Bert.MLNet.Encoders;

namespace Bert.MLNet.Cli.Encode;

/// <summary>An output of an encoder, under its name in HuggingFace's model classes.</summary>
internal sealed record NamedOutput(string Name, EncoderOutput Output)
{
    private const string Logits = "logits";

    /// <summary>Whether there is a value for each label of <c>id2label</c>.</summary>
    public bool HasLabels => Output.Kind is EncoderOutputKind.SequenceLogits or EncoderOutputKind.TokenLogits;

    /// <summary>The dimensions for a row with the given number of tokens.</summary>
    public int[] Dimensions(BertConfig config, int length) =>
        [.. Output.Shape(config, rows: 1, length, positions: 0).Skip(1).Select(size => checked((int)size))];

    /// <summary>The outputs with these names, or by default all except the logits for all words, which are thousands per token.</summary>
    /// <exception cref="UsageException">The checkpoint has no output with that name.</exception>
    public static IReadOnlyList<NamedOutput> Choose(BertModel model, IReadOnlyList<string> names)
    {
        IReadOnlyList<NamedOutput> all = Of(model);
        if (names.Count == 0)
            return [.. all.Where(output => output.Output.Kind != EncoderOutputKind.WordLogits)];
        return [.. names.Distinct().Select(name => all.FirstOrDefault(output => output.Name == name)
            ?? throw new UsageException(
                $"'{model.Name}' has no output '{name}'; it has {string.Join(", ", all.Select(output => output.Name))}. Select from " +
                "these with --outputs."))];
    }

    /// <summary>All that a checkpoint can compute.</summary>
    public static IReadOnlyList<NamedOutput> Of(BertModel model)
    {
        var outputs = new List<NamedOutput>();
        bool words = Has(EncoderOutput.WordLogits), next = Has(EncoderOutput.NextSentenceLogits);
        Add("last_hidden_state", EncoderOutput.LastHiddenState);
        Add("pooler_output", EncoderOutput.PoolerOutput);
        if (model.GraphVectorSize is { } size)
            Add("sentence_embedding", EncoderOutput.SentenceEmbedding(size));
        Add(Logits, EncoderOutput.SequenceLogits);
        Add(Logits, EncoderOutput.TokenLogits);
        Add(Logits, EncoderOutput.ReplacedTokenLogits);
        Add("start_logits", EncoderOutput.StartLogits);
        Add("end_logits", EncoderOutput.EndLogits);
        // BertForPreTraining has both heads and two names for them.
        Add(words && next ? "prediction_logits" : Logits, EncoderOutput.WordLogits);
        Add(words && next ? "seq_relationship_logits" : Logits, EncoderOutput.NextSentenceLogits);
        return outputs;

        bool Has(EncoderOutput output) => EncoderSession.CanCompute(model, output);

        void Add(string name, EncoderOutput output)
        {
            if (outputs.TrueForAll(other => other.Name != name) && Has(output))
                outputs.Add(new NamedOutput(name, output));
        }
    }
}
