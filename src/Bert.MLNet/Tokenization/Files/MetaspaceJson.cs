using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the fields that pre-tokenizers and decoders of the type Metaspace have in common.</summary>
internal static class MetaspaceJson
{
    public const char Mark = '\u2581';

    public static (char Mark, PrependScheme Scheme) Read(JsonFields part)
    {
        string mark = part.Text("replacement") ?? Mark.ToString();
        if (mark.Length != 1)
            throw part.Wrong("replacement", part.Find("replacement")!.Value, "one character");
        PrependScheme scheme = part.Text("prepend_scheme") switch
        {
            null => part.Flag("add_prefix_space") ?? true ? PrependScheme.Always : PrependScheme.Never,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw part.Wrong("prepend_scheme", part.Find("prepend_scheme")!.Value, "'always', 'first' or 'never'"),
        };
        return (mark[0], scheme);
    }
}
