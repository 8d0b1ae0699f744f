namespace Bert.MLNet.Tokenization;

/// <summary>Removes white space at the start and end of the text.</summary>
internal sealed class Strip(bool left, bool right) : NormalizerStep
{
    public override bool IsLocal => false;

    public override void Apply(ref NormalizedText text)
    {
        int start = 0, end = text.Length;
        while (left && start < end && UnicodeTables.IsWhitespace(text.Characters[start]))
            start++;
        while (right && start < end && UnicodeTables.IsWhitespace(text.Characters[end - 1]))
            end--;
        text.Keep(start, end - start);
    }
}
