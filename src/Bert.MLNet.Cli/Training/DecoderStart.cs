using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Verbs;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options for the encoder and decoder that a verb trains.</summary>
internal sealed class DecoderStart
{
    /// <summary>A decoder of random weights.</summary>
    public const string Random = "random";

    /// <summary>A decoder of the encoder's weights, which are then trained separately.</summary>
    public const string Checkpoint = "checkpoint";

    private const string Shared = "shared", Own = "own";

    private const int DefaultBeams = 4, DefaultLength = 128;

    /// <summary>
    /// The upper layers of the embedded model, which are those of sentence vectors, give all tokens of a text nearly the same state, and a
    /// decoder learns little from them.
    /// </summary>
    private const int LayersOfEmbedded = 2;

    private readonly WritingTask _task;
    private readonly Option<string?> _start;
    private readonly Option<int?> _vocabulary;
    private readonly Option<int?> _encoderLayers = new("--encoder-layers")
    {
        Description = "The number of first layers of the checkpoint to keep in the encoder of a new decoder. Default: all; of the " +
            $"embedded model, {LayersOfEmbedded}, since the others serve vectors of whole texts.",
    };

    private readonly Option<int?> _layers = new("--decoder-layers") { Description = "The number of layers of a random decoder." };
    private readonly Option<int?> _hidden = new("--decoder-hidden-size") { Description = "The size of its hidden states." };
    private readonly Option<int?> _heads = new("--decoder-heads") { Description = "The number of its attention heads." };
    private readonly Option<int?> _intermediate = new("--decoder-intermediate-size")
    {
        Description = "The size of its feed-forward layers.",
    };

    private readonly GenerationOptions _generation = new();

    public DecoderStart(WritingTask task)
    {
        _task = task;
        _start = new("--decoder")
        {
            Description = $"The decoder's initial weights: {Own}, of a checkpoint that has one; {Random}; {Checkpoint}, those of the " +
                $"encoder; or {Shared}, the same weights as the encoder's. Default: {Own} or, if there is none, {task.Decoder}.",
        };
        _start.AcceptOnlyFromAmong(Own, Random, Checkpoint, Shared);
        _vocabulary = new("--target-vocab-size")
        {
            Description = "For a random decoder: the number of tokens of a vocabulary to learn from the targets (Unigram); 0: the " +
                $"checkpoint's vocabulary. Default: {task.VocabSize ?? 0}.",
        };
        CommonOptions.Require(_vocabulary, value => value is null or >= 0, "at least 0");
        foreach (Option<int?> option in Sizes.Append(_encoderLayers))
            CommonOptions.Require(option, value => value is null or >= 1, "at least 1");
    }

    private Option<int?>[] Sizes => [_layers, _hidden, _heads, _intermediate];

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_encoderLayers, _start, _vocabulary, .. Sizes, .. _generation.All];

    /// <summary>Adds a decoder to an encoder, or keeps the one that it has.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="targets">The targets of the training rows.</param>
    /// <param name="seed">The seed of random weights.</param>
    /// <param name="cancellation">Cancels the learning of a vocabulary.</param>
    /// <returns>The model, and the expression that creates it from the checkpoint <c>bert</c>, given the folder of its tokenizer.</returns>
    /// <exception cref="UsageException">Options do not fit each other or the checkpoint.</exception>
    public (BertModel Model, Func<string, string> Code) Create(
        ParseResult arguments, BertModel bert, IEnumerable<string> targets, int seed, CancellationToken cancellation)
    {
        string start = arguments.GetValue(_start) ?? (bert.Decoder is null ? _task.Decoder : Own);
        if (start != Random && Sizes.Append(_vocabulary).FirstOrDefault(option => arguments.GetValue(option) is not null) is { } size)
            throw new UsageException($"{size.Name} requires --decoder {Random}: another decoder has its size and vocabulary.");
        if (start == Own)
        {
            if (arguments.GetValue(_encoderLayers) is not null)
                throw new UsageException(
                    $"{_encoderLayers.Name} requires a new decoder: {_start.Name} {Random}, {Checkpoint} or {Shared}.");
            BertGenerationOptions generation = bert.Decoder is { } decoder
                ? _generation.Of(arguments, decoder.Generation)
                : throw new UsageException($"'{bert.Name}' has no decoder. Specify --decoder {Random}, {Checkpoint} or {Shared}.");
            return (bert.WithGeneration(generation), _ => WritingCode.WithGeneration(generation));
        }
        int? layers = arguments.GetValue(_encoderLayers) ?? (bert == BertModel.Default ? LayersOfEmbedded : null);
        if (layers > bert.Config.NumHiddenLayers)
            throw new UsageException($"{_encoderLayers.Name} is {layers}, but '{bert.Name}' has {bert.Config.NumHiddenLayers} layers.");
        BertModel encoder = layers is { } kept
            ? bert.WithSentence(new BertSentenceOptions()).WithLayers([.. Enumerable.Range(0, kept)])
            : bert;
        int tokens = start == Random ? arguments.GetValue(_vocabulary) ?? _task.VocabSize ?? 0 : 0;
        var options = new BertDecoderOptions
        {
            Checkpoint = start == Checkpoint ? bert : null,
            SharesEncoder = start == Shared,
            Tokenizer = tokens == 0
                ? null
                : BertTokenizer.TrainUnigram(targets, new BertUnigramTrainingOptions { VocabSize = tokens }, cancellation),
            NumHiddenLayers = arguments.GetValue(_layers)
                ?? (start == Random && layers is not null ? bert.Config.NumHiddenLayers : null),
            HiddenSize = arguments.GetValue(_hidden),
            NumAttentionHeads = arguments.GetValue(_heads),
            IntermediateSize = arguments.GetValue(_intermediate),
            Generation = _generation.Of(arguments, new BertGenerationOptions
            {
                NumBeams = DefaultBeams,
                MaxLength = Math.Min(DefaultLength, bert.Config.MaxTokens),
            }),
            Seed = seed,
        };
        return (encoder.WithDecoder(options),
            folder => WritingCode.WithDecoder(options, layers, options.Tokenizer is null ? null : folder));
    }
}
