namespace Bert.MLNet.Pretraining;

/// <summary>Splits a corpus: one document of a hundred is held out.</summary>
internal sealed class HeldOutDocuments(TokenCorpus corpus)
{
    private const int Every = 100;

    public IEnumerable<int> Train => All.Where(document => document % Every != Every - 1);

    public IEnumerable<int> HeldOut => All.Where(document => document % Every == Every - 1);

    private IEnumerable<int> All => Enumerable.Range(0, corpus.DocumentStarts.Length);
}
