using System.CommandLine;
using Bert.MLNet.Tokenization;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary>Masked language modeling of single texts beside the objectives of a command, with the options for it.</summary>
/// <param name="defaultTokens">The default number of tokens per update.</param>
/// <param name="defaultWeight">The default weight of the loss.</param>
internal sealed class MaskedWordsBeside(int defaultTokens, double defaultWeight)
{
    /// <summary>The share of the tokens that are masked.</summary>
    public const double Probability = 0.2;

    private readonly Option<int> _tokens = new("--tokens-per-step")
    {
        Description = "The number of tokens per update of masked language modeling.",
        DefaultValueFactory = _ => defaultTokens,
    };

    private readonly Option<double> _weight = new("--mlm-weight")
    {
        Description = "The loss weight of masked language modeling.",
        DefaultValueFactory = _ => defaultWeight,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_tokens);
        command.Options.Add(_weight);
    }

    /// <summary>Creates the objective.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="device">The device that computes gradients; null for the CPU.</param>
    /// <param name="seed">The seed of the masking.</param>
    /// <param name="orderSeed">The seed of the order of the text.</param>
    public MaskedLanguageModelObjective Create(
        ParseResult arguments, TokenCorpus text, BertTokenizer tokenizer, Device? device, int seed, int orderSeed)
    {
        var split = new HeldOutDocuments(text);
        int tokens = arguments.GetValue(_tokens);
        return new(
            new SequencePacker(text, split.Train, tokenizer, orderSeed), new SequencePacker(text, split.HeldOut, tokenizer, 1),
            new WholeWordMasking(tokenizer, Probability),
            new MaskedLanguageModelOptions
            {
                TokensPerStep = tokens,
                TokensPerBatch = CommandOptions.TokensPerBatch(tokens, device),
                Seed = seed,
                Phases = [(0, [(64, 0.7), (128, 0.2), (512, 0.1)])],
            }, arguments.GetValue(_weight));
    }
}
