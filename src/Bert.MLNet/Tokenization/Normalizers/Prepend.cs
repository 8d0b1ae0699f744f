namespace Bert.MLNet.Tokenization;

/// <summary>Inserts a string at the start of a text that is not empty.</summary>
internal sealed class Prepend(string prepend) : NormalizerStep
{
    public override bool IsLocal => false;

    public override void Apply(ref NormalizedText text)
    {
        if (text.Length == 0)
            return;
        var result = new NormalizedText(text.Length + prepend.Length, text.Starts is not null) { Origin = text.Origin };
        foreach (char c in prepend)
            result.Add(c, text.StartOf(0), text.EndOf(0));
        result.Append(text, 0, text.Length);
        text.Dispose();
        text = result;
    }
}
