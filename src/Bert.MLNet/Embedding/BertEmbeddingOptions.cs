using System.Numerics;
using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Pooling;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>How a text becomes a vector. What is left null is taken from the checkpoint's sentence-transformers files, or from the defaults where it has none.</summary>
public record BertEmbeddingOptions : BertStepOptions
{
    /// <summary>How the hidden states of the tokens become one vector. Default null: as the checkpoint says, else <see cref="BertPooling.Mean"/>.</summary>
    public BertPooling? Pooling { get; init; }

    /// <summary>Whether the vector is scaled to length 1. Default null: as the checkpoint says, else false.</summary>
    public bool? Normalize { get; init; }

    /// <summary>
    /// The number of layers that <see cref="BertPooling.LastLayersMean"/> averages; one more than the model has takes the embeddings' output
    /// as well. Default null: as the checkpoint says, else 4.
    /// </summary>
    public int? NumberOfLastLayers { get; init; }

    /// <summary>
    /// A text put before each input, such as <c>"query: "</c>. Default null: the checkpoint's default prompt, if it has one. Empty for none.
    /// A checkpoint's prompts by name are in <see cref="BertSentenceOptions.Prompts"/>.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>The longest sequence in tokens, <c>[CLS]</c> and <c>[SEP]</c> included; what is longer is cut. Default null: as much as the checkpoint takes.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether the prompt's tokens are pooled; null until the options are resolved.</summary>
    [JsonInclude]
    internal bool? IncludePrompt { get; init; }

    /// <summary>The number of values of a vector once the options are resolved: one hidden state for each pooling.</summary>
    internal int Dimension => BitOperations.PopCount((uint)Pooling!.Value) * Checkpoint.Config.HiddenSize;

    /// <summary>These options with every null resolved against the checkpoint, checked.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    internal BertEmbeddingOptions Resolve()
    {
        RequiredOptions.Check(this);
        BertSentenceOptions sentence = Checkpoint.Sentence;
        return (this with
        {
            Model = Checkpoint,
            Batching = Batching.Validated(),
            Pooling = Pooling ?? sentence.Pooling,
            Normalize = Normalize ?? sentence.Normalize,
            NumberOfLastLayers = NumberOfLastLayers ?? sentence.NumberOfLastLayers,
            Prompt = Prompt ?? sentence.DefaultPrompt ?? "",
            IncludePrompt = IncludePrompt ?? sentence.IncludePrompt,
            MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
        }).Checked(Checkpoint);
    }

    /// <summary>Reads the checkpoint and the options in model files of version 1, and adds them to others.</summary>
    internal BertEmbeddingOptions ReadV1(ModelLoadContext ctx) => this with
    {
        Model = BertModel.Load(ctx),
        Pooling = (BertPooling)ctx.Reader.ReadInt32(),
        Normalize = ctx.Reader.ReadBoolean(),
        NumberOfLastLayers = ctx.Reader.ReadInt32(),
        Prompt = ctx.Reader.ReadString(),
        IncludePrompt = ctx.Reader.ReadBoolean(),
        MaxLength = ctx.Reader.ReadInt32(),
    };

    private BertEmbeddingOptions Checked(BertModel model)
    {
        if (Pooling is null or BertPooling.None || (Pooling & ~HiddenStatePooler.All) != 0)
            throw new ArgumentException($"{nameof(Pooling)} is {Pooling}; choose one or several of {HiddenStatePooler.All}.");
        int layers = model.Config.NumHiddenLayers;
        if (Pooling.Value.HasFlag(BertPooling.LastLayersMean) && (NumberOfLastLayers < 1 || NumberOfLastLayers > layers + 1))
        {
            throw new ArgumentException(
                $"{nameof(NumberOfLastLayers)} is {NumberOfLastLayers}; the model '{model.Name}' has {layers} layers, {layers + 1} with the output of its embeddings.");
        }
        model.CheckMaxLength(MaxLength!.Value);
        return this;
    }
}
