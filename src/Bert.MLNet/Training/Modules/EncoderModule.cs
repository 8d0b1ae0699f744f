using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder as a TorchSharp module. For every family, its state uses the names of the state dict of HuggingFace's <c>BertModel</c>.
/// </summary>
internal sealed class EncoderModule : ExplicitModule
{
    private readonly InputEmbeddings _embeddings;
    private readonly BertLayer[] _blocks;
    private readonly Convolution? _convolution;
    private readonly RelativePositions? _relativePositions;
    private readonly Norm? _finalNorm;
    private readonly RelativeDistances? _distances;
    private readonly EncoderShape _shape;
    private readonly double[] _rotaryBases;
    private readonly int[] _windows;
    private readonly int _headSize;
    private readonly ScalarType _precision;

    /// <summary>Creates a module with random weights from torch's default generator.</summary>
    /// <param name="config">The shape, activation and dropout.</param>
    /// <param name="precision">The type of matrix products. Sums, LayerNorm and the weights use single precision.</param>
    /// <param name="shared">A module whose weights are used where both have the same, and which owns them; null for none.</param>
    public EncoderModule(BertConfig config, ScalarType precision = ScalarType.Float32, EncoderModule? shared = null)
        : base(nameof(EncoderModule))
    {
        EncoderShape shape = _shape = config.Shape;
        _precision = precision;
        _headSize = config.HiddenSize / config.NumAttentionHeads;
        _rotaryBases = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(shape.RotaryBase).OfType<double>().Distinct()];
        _embeddings = shared?._embeddings ?? new InputEmbeddings(config);
        _windows = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(shape.Window).OfType<int>().Distinct()];
        BertLayer[][] stored =
        [
            .. Enumerable.Range(0, config.StoredLayers).Select(layer =>
                Enumerable.Range(0, shape.BlocksPerLayer).Select(_ => new BertLayer(config, layer, precision, shared?._blocks[layer]))
                    .ToArray()),
        ];
        _blocks =
        [
            .. Enumerable.Range(0, config.NumHiddenLayers).SelectMany(layer => stored[shape.StoredLayer(layer, config.NumHiddenLayers)]),
        ];
        if (shared is null)
            register_module("embeddings", _embeddings);
        for (int layer = 0; layer < stored.Length; layer++)
        {
            for (int block = 0; block < stored[layer].Length; block++)
                ModuleGroup.Register(this, CanonicalNames.Block(layer, block).TrimEnd('.'), stored[layer][block]);
        }
        if (shape.Convolution is { } convolution)
            ModuleGroup.Register(this, convolution.Name, _convolution = new Convolution(convolution, config, precision));
        if (shape.FinalNorm is { } norm)
            ModuleGroup.Register(this, norm, _finalNorm = new Norm(config, shape.NormHasBias));
        if (shape.Disentangled is { } disentangled)
            _distances = RelativeDistances.Create(disentangled, config, this);
        if (shape.PositionBias is { } bias)
            _relativePositions = RelativePositions.Create(bias, config, precision, this);
    }

    /// <summary>The token embeddings, [vocabulary, hidden], which the masked language modeling head uses as its decoder.</summary>
    public Parameter WordEmbeddings => _embeddings.Words;

    /// <summary>The device on which the module computes.</summary>
    public Device Device => WordEmbeddings.device;

    /// <summary>The position embeddings, [positions, hidden].</summary>
    /// <exception cref="InvalidOperationException">The family has no position embeddings.</exception>
    public Parameter PositionEmbeddings =>
        _embeddings.Positions ?? throw new InvalidOperationException("The encoder has no position embeddings.");

    /// <summary>Packs the tokens of a batch for this module.</summary>
    public PackedTokens Pack(PaddedBatch batch)
    {
        var tokens = new PackedTokens(batch, Device, _precision, _shape.PaddingPosition, _relativePositions, _windows)
        {
            Embeddings = batch.Embeddings,
            Rotations = _rotaryBases.ToDictionary(
                rotaryBase => rotaryBase, rotaryBase => new Rotation(PackedTokens.Places(batch), rotaryBase, _headSize, Device)),
        };
        (tokens.Distances, tokens.DistanceRows) = (_distances?.Embeddings(), _distances?.Rows(tokens.Length));
        return tokens;
    }

    /// <summary>Packs the tokens of texts that a decoder writes, each of which attends to itself and those before it.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="source">The tokens of their sources.</param>
    /// <param name="states">The hidden states of the sources, [tokens, hidden].</param>
    public PackedTokens Pack(PaddedBatch batch, PaddedBatch source, Tensor states)
    {
        int length = PackedTokens.LengthOf(batch);
        float[] later = new float[length * length];
        for (int i = 0; i < length; i++)
            later.AsSpan(i * length, length)[(i + 1)..].Fill(float.NegativeInfinity);
        return new PackedTokens(batch, Device, _precision, _shape.PaddingPosition)
        {
            PositionBias = tensor(later, 1, 1, length, length, device: Device).to(_precision),
            Source = (states, new PackedTokens(source, Device, _precision)),
        };
    }

    /// <summary>Computes the output of the embeddings, [tokens, hidden]. Tokens beyond those of the batch are never read.</summary>
    public Tensor Embeddings(PaddedBatch batch) => _embeddings.Forward(Pack(batch));

    /// <summary>Computes the output of the embeddings and of every layer, each [tokens, hidden]; see <see cref="Last"/>.</summary>
    public IEnumerable<Tensor> HiddenStates(PackedTokens tokens)
    {
        int block = 0;
        foreach (Tensor hidden in Blocks(tokens))
        {
            if (block++ % _shape.BlocksPerLayer == 0)
                yield return hidden;
        }
    }

    /// <summary>Computes the last hidden state from the last layer's output.</summary>
    public Tensor Last(Tensor hidden) => _finalNorm?.Forward(hidden) ?? hidden;

    /// <summary>
    /// Computes the last hidden state of each row's first token, [rows, hidden]. The last layer computes only these tokens.
    /// </summary>
    public Tensor FirstToken(PackedTokens tokens) => Last(EndsWithConvolution
        ? tokens.First(Blocks(tokens).Last())
        : _blocks[^1].FirstToken(BeforeLastBlock(tokens), tokens));

    /// <summary>
    /// Computes the last hidden state of some tokens, [positions, hidden]. The last layer's feed-forward network computes only these
    /// tokens.
    /// </summary>
    /// <param name="positions">The indexes of the tokens, [positions].</param>
    /// <param name="tokens">All tokens.</param>
    public Tensor At(Tensor positions, PackedTokens tokens) => Last(EndsWithConvolution
        ? Blocks(tokens).Last().index_select(0, positions)
        : _blocks[^1].At(positions, BeforeLastBlock(tokens), tokens));

    /// <summary>Whether the convolution, which follows the first layer and reads all tokens, is the end of the encoder.</summary>
    private bool EndsWithConvolution => _convolution is not null && _blocks.Length == 1;

    private Tensor BeforeLastBlock(PackedTokens tokens) => Blocks(tokens).ElementAt(_blocks.Length - 1);

    /// <summary>Computes the output of the embeddings and of every block.</summary>
    private IEnumerable<Tensor> Blocks(PackedTokens tokens)
    {
        Tensor embeddings = tokens.Embeddings ?? _embeddings.Forward(tokens), hidden = embeddings;
        yield return hidden;
        for (int block = 0; block < _blocks.Length; block++)
        {
            hidden = _blocks[block].Forward(hidden, tokens);
            if (block == 0 && _convolution is not null)
                hidden = _convolution.Forward(embeddings, hidden, tokens);
            yield return hidden;
        }
    }
}
