using System.CommandLine;

namespace Bert.MLNet.Cli.Verbs;

/// <summary>The options for how a decoder writes texts. Options that are not specified are those of the checkpoint.</summary>
internal sealed class GenerationOptions
{
    private readonly Option<int?> _beams = new("--num-beams")
    {
        Description = "The number of texts that are continued at the same time; 1 takes the likeliest token each time.",
    };

    private readonly Option<int?> _maxLength = new("--max-target-length")
    {
        Description = "The maximum number of tokens of a written text, special tokens included.",
    };

    private readonly Option<int?> _minLength = new("--min-target-length")
    {
        Description = "The number of tokens before which a written text does not end.",
    };

    private readonly Option<double?> _penalty = new("--length-penalty")
    {
        Description = "The exponent of the length by which scores are divided; a higher one prefers longer texts.",
    };

    private readonly Option<int?> _ngrams = new("--no-repeat-ngram-size")
    {
        Description = "Sequences of this many tokens occur at most once in a written text; 0: any can recur.",
    };

    public GenerationOptions()
    {
        CommonOptions.Require(_beams, value => value is null or >= 1 and <= 1000, "from 1 to 1000");
        CommonOptions.Require(_maxLength, value => value is null or >= 2, "at least 2, for the special tokens");
        CommonOptions.Require(_penalty, value => value is null || double.IsFinite(value.Value), "a finite number");
        foreach (Option<int?> option in new[] { _minLength, _ngrams })
            CommonOptions.Require(option, value => value is null or >= 0, "at least 0");
    }

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_beams, _maxLength, _minLength, _penalty, _ngrams];

    /// <summary>Replaces the values that are specified.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="start">The values of the checkpoint, or defaults.</param>
    public BertGenerationOptions Of(ParseResult arguments, BertGenerationOptions start) => start with
    {
        NumBeams = arguments.GetValue(_beams) ?? start.NumBeams,
        MaxLength = arguments.GetValue(_maxLength) ?? start.MaxLength,
        MinLength = arguments.GetValue(_minLength) ?? start.MinLength,
        LengthPenalty = arguments.GetValue(_penalty) ?? start.LengthPenalty,
        NoRepeatNgramSize = arguments.GetValue(_ngrams) ?? start.NoRepeatNgramSize,
    };
}
