using System.Numerics.Tensors;
using Bert.MLNet.Samples.VectorStore;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Bert.MLNet.Tests.Samples.VectorStore;

public sealed class SqliteVectorCollectionTests : IDisposable
{
    private static readonly BertModel s_model = new TinyCheckpoint().Load();

    private static readonly Note[] s_notes =
    [
        .. new[]
        {
            "the battery of this phone was poor", "a movie that they love", "not a good book for this price", "a great film",
            "the price of the phone", "a day with a book", "they love this battery", "a poor movie",
        }.Select((text, i) => new Note { Id = i, Text = text, Kind = i % 2 == 0 ? "even" : "odd" }),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly BertEmbeddingGenerator _generator = new(s_model, new BertEmbeddingOptions { Normalize = true });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public sealed class Note
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData]
        public string Kind { get; set; } = "";

        [VectorStoreVector(32)]
        public string Text { get; set; } = "";
    }

    [Fact]
    public async Task A_search_by_text_finds_the_nearest_records_by_a_plain_loop()
    {
        using SqliteVectorCollection<int, Note> notes = await FilledAsync();
        string question = "the book was not good";
        float[][] vectors = await VectorsAsync([question, .. s_notes.Select(note => note.Text)]);
        (int Id, float Cosine)[] expected =
        [
            .. s_notes.Select(note => (note.Id, Cosine: TensorPrimitives.CosineSimilarity<float>(vectors[0], vectors[note.Id + 1])))
                .OrderByDescending(hit => hit.Cosine),
        ];
        foreach (object query in (object[])[question, vectors[0], new ReadOnlyMemory<float>(vectors[0]), new Embedding<float>(vectors[0])])
        {
            VectorSearchResult<Note>[] hits = await SearchAsync(notes, query, 3);
            Assert.Equal(3, hits.Length);
            // int8 changes a cosine by at most the rounding of its values, which are 1/127 of the largest apart.
            for (int i = 0; i < hits.Length; i++)
            {
                Assert.Equal(expected.Single(hit => hit.Id == hits[i].Record.Id).Cosine, hits[i].Score!.Value, 0.02);
                Assert.Equal(expected[i].Cosine, hits[i].Score!.Value, 0.02);
            }
        }
    }

    [Fact]
    public async Task Filters_skips_and_thresholds_apply_to_the_ranked_records()
    {
        using SqliteVectorCollection<int, Note> notes = await FilledAsync();
        int[] all = await IdsAsync(null, s_notes.Length);
        Assert.Equal(s_notes.Length, all.Distinct().Count());
        Assert.Equal(all.Where(id => id % 2 == 1).Take(3), await IdsAsync(new() { Filter = note => note.Kind == "odd" }, 3));
        Assert.Equal(all.Skip(2).Take(3), await IdsAsync(new() { Skip = 2 }, 3));
        int[] near = await IdsAsync(new() { ScoreThreshold = 0.99 }, 3);
        Assert.Equal([3], near);

        async Task<int[]> IdsAsync(VectorSearchOptions<Note>? options, int top) =>
            [.. (await SearchAsync(notes, s_notes[3].Text, top, options)).Select(hit => hit.Record.Id)];
    }

    [Fact]
    public async Task A_file_that_is_opened_again_finds_the_same_without_embedding_its_records()
    {
        VectorSearchResult<Note>[] before;
        using (SqliteVectorCollection<int, Note> notes = await FilledAsync())
            before = await SearchAsync(notes, "a good movie", 4);
        var counting = new Counting(_generator);
        using SqliteVectorCollection<int, Note> reopened = Open(counting);
        Assert.True(await reopened.CollectionExistsAsync(Token));
        VectorSearchResult<Note>[] after = await SearchAsync(reopened, "a good movie", 4);
        Assert.Equal(before.Select(hit => (hit.Record.Id, hit.Score)), after.Select(hit => (hit.Record.Id, hit.Score)));
        Assert.Equal(1, counting.Texts);
    }

    [Fact]
    public async Task Records_are_replaced_deleted_and_read_and_a_search_sees_it_also_from_another_connection()
    {
        using SqliteVectorCollection<int, Note> notes = await FilledAsync(), other = Open();
        Assert.Equal(3, await NearestAsync(other));
        await notes.UpsertAsync(new Note { Id = 1, Kind = "new", Text = s_notes[3].Text }, Token);
        await notes.DeleteAsync(3, Token);
        Assert.Equal((1, 1), (await NearestAsync(notes), await NearestAsync(other)));
        Assert.Equal("new", (await other.GetAsync(1, cancellationToken: Token))!.Kind);
        Assert.Null(await other.GetAsync(3, cancellationToken: Token));
        int[] ids = await other.GetAsync(
            note => note.Id > 1, top: 3, new() { OrderBy = order => order.Ascending(note => note.Kind).Descending(note => note.Id) }, Token)
            .Select(note => note.Id).ToArrayAsync(Token);
        Assert.Equal([6, 4, 2], ids);
        await notes.EnsureCollectionDeletedAsync(Token);
        Assert.False(await other.CollectionExistsAsync(Token));

        static async Task<int> NearestAsync(SqliteVectorCollection<int, Note> notes) =>
            (await SearchAsync(notes, s_notes[3].Text, 1))[0].Record.Id;
    }

    [Fact]
    public async Task An_empty_collection_finds_nothing()
    {
        using SqliteVectorCollection<int, Note> notes = Open();
        Assert.False(await notes.CollectionExistsAsync(Token));
        await notes.EnsureCollectionExistsAsync(Token);
        Assert.Empty(await SearchAsync(notes, "a book", 3));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_one_sentence()
    {
        using SqliteVectorCollection<int, Note> notes = new(_folder["notes.db"], "notes", _generator, dimensions: 5);
        await notes.EnsureCollectionExistsAsync(Token);
        Assert.Contains("those of 'notes' have 5", (await Assert.ThrowsAsync<InvalidOperationException>(() =>
            notes.UpsertAsync(s_notes[0], Token))).Message);
        Assert.Contains("expects Int64", Assert.Throws<InvalidOperationException>(() =>
            new SqliteVectorCollection<long, Note>(_folder["notes.db"], "notes", _generator)).Message);
        Assert.Contains("0 properties with [VectorStoreKey]", Assert.Throws<InvalidOperationException>(() =>
            new SqliteVectorCollection<string, string>(_folder["notes.db"], "notes", _generator)).Message);
        File.WriteAllText(_folder["text.db"], new string('x', 4096));
        Assert.Contains("text.db", Assert.Throws<IOException>(() =>
            new SqliteVectorCollection<int, Note>(_folder["text.db"], "notes", _generator)).Message);
    }

    [Fact]
    public async Task A_vector_of_another_size_in_the_file_is_refused_with_its_row()
    {
        using SqliteVectorCollection<int, Note> notes = await FilledAsync();
        using (var connection = new SqliteConnection($"Data Source={_folder["notes.db"]};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE notes SET vector = x'0000' WHERE key = 2";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        Assert.Contains("Row 3 of 'notes' has a vector of 2 bytes",
            (await Assert.ThrowsAsync<InvalidDataException>(() => SearchAsync(notes, "a book", 3))).Message);
    }

    public void Dispose()
    {
        _generator.Dispose();
        _folder.Dispose();
    }

    private SqliteVectorCollection<int, Note> Open(IEmbeddingGenerator<string, Embedding<float>>? generator = null) =>
        new(_folder["notes.db"], "notes", generator ?? _generator, s_model.Config.HiddenSize);

    private async Task<SqliteVectorCollection<int, Note>> FilledAsync()
    {
        SqliteVectorCollection<int, Note> notes = Open();
        await notes.EnsureCollectionExistsAsync(Token);
        await notes.UpsertAsync(s_notes, Token);
        return notes;
    }

    private async Task<float[][]> VectorsAsync(string[] texts) =>
        [.. (await _generator.GenerateAsync(texts, cancellationToken: Token)).Select(embedding => embedding.Vector.ToArray())];

    private static async Task<VectorSearchResult<Note>[]> SearchAsync(
        SqliteVectorCollection<int, Note> notes, object query, int top, VectorSearchOptions<Note>? options = null) =>
        await notes.SearchAsync(query, top, options, Token).ToArrayAsync(Token);

    /// <summary>A generator that counts its texts.</summary>
    private sealed class Counting(IEmbeddingGenerator<string, Embedding<float>> inner)
        : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
    {
        public int Texts { get; private set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            Texts += texts.Length;
            return base.GenerateAsync(texts, options, cancellationToken);
        }
    }
}
