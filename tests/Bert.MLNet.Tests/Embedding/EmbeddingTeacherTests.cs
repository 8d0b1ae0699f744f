namespace Bert.MLNet.Tests.Embedding;

public sealed class EmbeddingTeacherTests : IDisposable
{
    private static readonly string[] s_texts = ["the film is great", "a bad phone", "", "we love it", "a bad phone"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => _folder["teacher.vectors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Vectors_are_those_of_the_embedding_of_the_checkpoint()
    {
        BertModel model = new TinyCheckpoint().Load();
        var options = new BertEmbeddingOptions { Pooling = BertPooling.Cls, Normalize = true };
        using BertEmbeddingTransformer embedding = BertEmbeddingTransformer.Create(model, options);
        float[][] expected = [.. embedding.Embed(s_texts, cancellationToken: Cancellation).Select(text => text.Vector.ToArray())];
        foreach (string? file in (string?[])[null, File, File])
        {
            IReadOnlyList<float[]> actual = new EmbeddingTeacher(model, options) { CacheFile = file }.Vectors(s_texts, Cancellation);
            Assert.All(expected.SelectMany(vector => vector).Zip(actual.SelectMany(vector => vector)),
                pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void Vectors_in_the_file_are_not_computed_again_and_those_of_new_texts_are_added()
    {
        var computed = new List<string>();
        var reports = new List<double>();
        EmbeddingTeacher teacher = Counting(computed) with
        {
            CacheFile = File,
            BatchSize = 2,
            Progress = new OnReport<double>(reports.Add),
        };
        float[][] first = [.. teacher.Vectors(s_texts, Cancellation)];
        Assert.Equal(s_texts.Distinct(), computed);
        Assert.Equal([0.5, 1], reports);

        computed.Clear();
        Assert.Equal(first.Reverse(), teacher.Vectors([.. s_texts.Reverse()], Cancellation));
        Assert.Empty(computed);

        string[] changed = ["the film is great!", .. s_texts[1..]];
        Assert.Equal([.. new[] { VectorOf(changed[0]) }, .. first[1..]], teacher.Vectors(changed, Cancellation));
        Assert.Equal([changed[0]], computed);
    }

    [Fact]
    public void An_interrupted_computation_continues_where_it_stopped()
    {
        var computed = new List<string>();
        using var cancel = new CancellationTokenSource();
        EmbeddingTeacher stopping = EmbeddingTeacher.FromFunction("counting", (texts, _) =>
        {
            cancel.Cancel();
            return [.. texts.Select(text => new ReadOnlyMemory<float>(VectorOf(text)))];
        }) with { CacheFile = File, BatchSize = 2 };
        Assert.Throws<OperationCanceledException>(() => stopping.Vectors(s_texts, cancel.Token));

        // The last record was not written to its end.
        using (FileStream stream = System.IO.File.OpenWrite(File))
            stream.SetLength(stream.Length - 3);
        Assert.Equal(s_texts.Select(VectorOf), (Counting(computed) with { CacheFile = File }).Vectors(s_texts, Cancellation));
        Assert.Equal(["a bad phone", "", "we love it"], computed);
    }

    [Fact]
    public void Files_of_other_teachers_and_options_are_refused()
    {
        BertModel model = new TinyCheckpoint().Load(), other = new TinyCheckpoint { Seed = "other" }.Load();
        new EmbeddingTeacher(model) { CacheFile = File }.Vectors(s_texts, Cancellation);
        byte[] before = System.IO.File.ReadAllBytes(File);
        foreach (EmbeddingTeacher teacher in (EmbeddingTeacher[])
            [new(other), new(model, new() { Prompt = "the " }), new(model, new() { MaxLength = 8 }), Counting([])])
        {
            string message = Assert.Throws<InvalidOperationException>(() =>
                (teacher with { CacheFile = File }).Vectors(s_texts, Cancellation)).Message;
            Assert.Contains($"'{File}' contains the vectors of another teacher", message, StringComparison.Ordinal);
        }
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        new EmbeddingTeacher(model) { CacheFile = File }.Vectors(["another"], Cancellation);
    }

    [Fact]
    public void Damaged_files_are_named()
    {
        EmbeddingTeacher teacher = Counting([]) with { CacheFile = File };
        teacher.Vectors(s_texts, Cancellation);
        byte[] content = System.IO.File.ReadAllBytes(File);

        Assert.Contains("vector 2 has a wrong checksum", Damaged(content.Length / 4 * 2, 1), StringComparison.Ordinal);
        Assert.Contains("its vectors have", Damaged(27, 0x7F), StringComparison.Ordinal);
        Assert.Contains("is not a file of a teacher's vectors", Damaged(0, 1), StringComparison.Ordinal);

        string Damaged(int position, byte change)
        {
            byte[] damaged = [.. content];
            damaged[position] ^= change;
            System.IO.File.WriteAllBytes(File, damaged);
            return Assert.Throws<InvalidDataException>(() => teacher.Vectors(s_texts, Cancellation)).Message;
        }
    }

    [Fact]
    public void Vectors_that_cannot_be_learnt_are_refused()
    {
        foreach ((string expected, EmbeddingTeacher teacher) in new[]
        {
            ("returned 1 vectors for 4 texts", Of((texts, i) => i == 0 ? [1f] : null)),
            ("have 1 and 2 values", Of((texts, i) => i == 0 ? [1f] : [1f, 2f])),
            ("is not finite", Of((texts, i) => [float.NaN])), ("have 0 and 0 values", Of((texts, i) => [])),
        })
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => teacher.Vectors(s_texts, Cancellation)).Message,
                StringComparison.Ordinal);
        Assert.Contains("BatchSize is 0", Assert.Throws<ArgumentOutOfRangeException>(() =>
            (Counting([]) with { BatchSize = 0 }).Check()).Message, StringComparison.Ordinal);

        // The file has vectors of another size under the same name.
        Same([1f]).Vectors(["a"], Cancellation);
        Assert.Contains("but those in", Assert.Throws<InvalidDataException>(() => Same([1f, 2f]).Vectors(["b"], Cancellation)).Message,
            StringComparison.Ordinal);

        EmbeddingTeacher Same(float[] vector) => EmbeddingTeacher.FromFunction(
            "same", (texts, _) => [.. texts.Select(_ => new ReadOnlyMemory<float>(vector))]) with { CacheFile = File };

        static EmbeddingTeacher Of(Func<IReadOnlyList<string>, int, float[]?> vector) => EmbeddingTeacher.FromFunction("test", (texts, _) =>
            [.. texts.Select((_, i) => vector(texts, i)).OfType<float[]>().Select(values => new ReadOnlyMemory<float>(values))]);
    }

    private static EmbeddingTeacher Counting(List<string> computed) => EmbeddingTeacher.FromFunction("counting", (texts, _) =>
    {
        computed.AddRange(texts);
        return [.. texts.Select(text => new ReadOnlyMemory<float>(VectorOf(text)))];
    });

    private static float[] VectorOf(string text) => [text.Length, text.Sum(c => c), 0.5f];
}
