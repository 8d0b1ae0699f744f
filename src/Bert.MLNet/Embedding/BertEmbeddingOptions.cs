using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Pooling;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>Controls how a text becomes a vector.</summary>
/// <remarks>
/// Null values are taken from the checkpoint's sentence-transformers files. If the checkpoint has none, the defaults apply.
/// </remarks>
public record BertEmbeddingOptions : BertStepOptions
{
    /// <summary>
    /// How the hidden states of the tokens become one vector. Default null: <see cref="BertPooling.None"/> if the checkpoint's ONNX graph
    /// has the output <c>sentence_embedding</c>, which results from all of its modules; otherwise the checkpoint's setting if it has one,
    /// otherwise <see cref="BertPooling.Mean"/>.
    /// </summary>
    public BertPooling? Pooling { get; init; }

    /// <summary>
    /// Whether the vector is scaled to length 1. Default null: the checkpoint's setting if it has one, otherwise false.
    /// </summary>
    public bool? Normalize { get; init; }

    /// <summary>
    /// The number of values to keep of each vector, from the first, for models that were trained for it (Matryoshka). A vector with
    /// <see cref="Normalize"/> has length 1 after it is shortened. Default null: the checkpoint's setting if it has one, otherwise all.
    /// </summary>
    public int? TruncateDimension { get; init; }

    /// <summary>
    /// The number of layers that <see cref="BertPooling.LastLayersMean"/> averages. The output of the embeddings counts as an
    /// additional layer before the first. Default null: the checkpoint's setting if it has one, otherwise 4.
    /// </summary>
    public int? NumberOfLastLayers { get; init; }

    /// <summary>
    /// A text inserted before each input, such as <c>"query: "</c>. Default null: the checkpoint's default prompt, if it has one.
    /// Empty for no prompt. <see cref="BertSentenceOptions.Prompts"/> contains the named prompts of a checkpoint.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>
    /// The maximum length of a sequence in tokens, <c>[CLS]</c> and <c>[SEP]</c> included. Longer sequences are truncated. Default
    /// null: the checkpoint's maximum.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether the prompt's tokens are pooled. Null until the options are resolved.</summary>
    [JsonInclude]
    internal bool? IncludePrompt { get; init; }

    /// <summary>The number of values of a pooled vector, for resolved options: one hidden state for each pooling.</summary>
    internal int PooledSize => IsPooledByGraph
        ? Checkpoint.GraphVectorSize!.Value
        : HiddenStatePooler.Size(Pooling!.Value, Checkpoint.Config.HiddenSize);

    /// <summary>Whether the checkpoint's graph computes the vectors itself, for resolved options.</summary>
    internal bool IsPooledByGraph => Pooling == BertPooling.None;

    /// <summary>The modules after the pooling, for resolved options. Those of a graph that pools are in the graph.</summary>
    internal IReadOnlyList<VectorLayer> Layers => IsPooledByGraph ? [] : Checkpoint.Sentence.Layers;

    /// <summary>The number of values of a vector, for resolved options.</summary>
    internal int Dimension => TruncateDimension ?? WholeSize(PooledSize);

    /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    internal BertEmbeddingOptions Resolve()
    {
        RequiredOptions.Check(this);
        BertSentenceOptions sentence = Checkpoint.Sentence;
        bool excludesPrompt = (IncludePrompt ?? sentence.IncludePrompt) == false && (Prompt ?? sentence.DefaultPrompt ?? "").Length > 0;
        BertPooling own = Checkpoint.GraphVectorSize is null || excludesPrompt ? sentence.Pooling : BertPooling.None;
        return (this with
        {
            Model = Checkpoint,
            Batching = Batching.Validated(),
            Pooling = Pooling ?? own,
            Normalize = Normalize ?? sentence.Normalize,
            TruncateDimension = TruncateDimension ?? sentence.TruncateDimension,
            NumberOfLastLayers = NumberOfLastLayers ?? sentence.NumberOfLastLayers,
            Prompt = Prompt ?? sentence.DefaultPrompt ?? "",
            IncludePrompt = IncludePrompt ?? sentence.IncludePrompt,
            MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
        }).Checked(Checkpoint);
    }

    /// <summary>Reads the checkpoint and the options from a model file of version 1, and adds them to others.</summary>
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
        if (IsPooledByGraph && IncludePrompt == false && Prompt!.Length > 0)
            throw new ArgumentException(
                $"{nameof(Pooling)} is {Pooling}, but the model '{model.Name}' does not pool its prompts, and a graph's " +
                $"{GraphOutput.SentenceEmbedding} includes them. Choose another pooling, or an empty {nameof(Prompt)}.");
        if (Pooling is not { } pooling || (pooling & ~HiddenStatePooler.All) != 0 || (IsPooledByGraph && model.GraphVectorSize is null))
            throw new ArgumentException($"{nameof(Pooling)} is {Pooling}; choose one or several of {HiddenStatePooler.All}.");
        if (model.Table is not null && Pooling != BertPooling.Mean)
            throw new ArgumentException(
                $"{nameof(Pooling)} is {Pooling}; static embeddings, such as those of '{model.Name}', only have a {BertPooling.Mean}.");
        int layers = model.Config.NumHiddenLayers;
        if (pooling.HasFlag(BertPooling.LastLayersMean) && (NumberOfLastLayers < 1 || NumberOfLastLayers > layers + 1))
        {
            throw new ArgumentException(
                    $"{nameof(NumberOfLastLayers)} is {NumberOfLastLayers}; " +
                    $"the model '{model.Name}' has {layers} layers, {layers + 1} with the output of its embeddings.");
        }
        model.CheckMaxLength(MaxLength!.Value);
        int size = WholeSize(PooledSize);
        if (TruncateDimension is { } kept && (kept < 1 || kept > size))
            throw new ArgumentException(
                $"{nameof(TruncateDimension)} is {kept}; the vectors of the model '{model.Name}' have {size} values. Keep 1 to {size}.");
        return this;
    }

    private int WholeSize(int pooled) => VectorLayer.SizeAfter(Layers, pooled, misfit => new ArgumentException(
        $"{nameof(Pooling)} is {Pooling}, which does not fit the modules of the model '{Checkpoint.Name}': {misfit}. " +
        $"Leave {nameof(Pooling)} null."));
}
