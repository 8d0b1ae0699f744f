using System.Numerics;

namespace Bert.MLNet.Embeddings;

/// <summary>Embedding options with everything decided: the checkpoint's own settings stand where the user left null.</summary>
internal sealed record EmbeddingSettings(BertPooling Pooling, bool Normalize, int NumberOfLastLayers, string Prompt, bool IncludePrompt, int MaxLength)
{
    private const BertPooling KnownPoolings = BertPooling.Cls | BertPooling.Max | BertPooling.Mean | BertPooling.MeanSqrtLength | BertPooling.LastLayersMean;

    public static EmbeddingSettings Create(BertModel model, BertEmbeddingOptions options) => new EmbeddingSettings(
        options.Pooling ?? model.Sentence.Pooling,
        options.Normalize ?? model.Sentence.Normalize,
        options.NumberOfLastLayers ?? model.Sentence.NumberOfLastLayers,
        options.Prompt ?? model.Sentence.DefaultPrompt ?? "",
        model.Sentence.IncludePrompt,
        options.MaxLength ?? model.MaxSequenceLength).Checked(model);

    /// <summary>The number of values of a vector: one hidden state for each pooling.</summary>
    public int Dimension(BertModel model) => BitOperations.PopCount((uint)Pooling) * model.Config.HiddenSize;

    public void Save(BinaryWriter writer)
    {
        writer.Write((int)Pooling);
        writer.Write(Normalize);
        writer.Write(NumberOfLastLayers);
        writer.Write(Prompt);
        writer.Write(IncludePrompt);
        writer.Write(MaxLength);
    }

    public static EmbeddingSettings Load(BinaryReader reader, BertModel model) => new EmbeddingSettings(
        (BertPooling)reader.ReadInt32(), reader.ReadBoolean(), reader.ReadInt32(), reader.ReadString(), reader.ReadBoolean(), reader.ReadInt32()).Checked(model);

    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    private EmbeddingSettings Checked(BertModel model)
    {
        if (Pooling == BertPooling.None || (Pooling & ~KnownPoolings) != 0)
            throw new ArgumentException($"{nameof(Pooling)} is {Pooling}; choose one or several of {KnownPoolings}.");

        int layers = model.Config.NumHiddenLayers;
        if (Pooling.HasFlag(BertPooling.LastLayersMean) && (NumberOfLastLayers < 1 || NumberOfLastLayers > layers + 1))
            throw new ArgumentException($"{nameof(NumberOfLastLayers)} is {NumberOfLastLayers}; the model '{model.Name}' has {layers} layers, {layers + 1} with the output of its embeddings.");

        model.CheckMaxLength(MaxLength);
        return this;
    }
}
