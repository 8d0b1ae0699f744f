namespace Bert.MLNet.Evaluation;

/// <summary>The numbers of references that translations have, and what sacreBLEU's signatures say of them.</summary>
internal sealed class ReferenceCounts
{
    /// <summary>The version of sacreBLEU whose results are equal.</summary>
    public const string Version = "version:2.6.0";

    private readonly HashSet<int> _counts = [];

    public void Add(int count) => _counts.Add(count);

    /// <summary>The part of a signature that names the number of references and how texts are compared.</summary>
    public string Signature(bool lowercase) =>
        $"nrefs:{(_counts.Count == 1 ? $"{_counts.Single()}" : "var")}|case:{(lowercase ? "lc" : "mixed")}";
}
