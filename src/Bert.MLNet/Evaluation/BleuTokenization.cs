namespace Bert.MLNet;

/// <summary>How texts are split into the tokens that BLEU compares.</summary>
public enum BleuTokenization
{
    /// <summary>The rules of NIST's mteval-v13a for languages with spaces, sacreBLEU's default: <c>tok:13a</c>.</summary>
    Mteval13a,

    /// <summary>White space only, for texts that are already tokenized: <c>tok:none</c>.</summary>
    None,

    /// <summary>Characters without white space, for languages without spaces between words: <c>tok:char</c>.</summary>
    Characters,
}
