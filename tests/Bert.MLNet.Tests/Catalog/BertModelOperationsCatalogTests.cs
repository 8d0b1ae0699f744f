using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Bert.MLNet.Tests.Cli;
using Bert.MLNet.Tests.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Catalog;

/// <summary>Models of ML.NET as files that are whole, or say where they are not.</summary>
public sealed class BertModelOperationsCatalogTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;
    private readonly ITransformer _model;

    public BertModelOperationsCatalogTests()
    {
        _data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new Row { Sentence1 = i % 2 == 0 ? "the film is great" : "very poor service", Label = i % 2 == 0 ? "good" : "bad" }).ToArray());
        _model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", BertEmbeddingTests.TinyModel.Value))
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(_data);
    }

    private string Path => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_saved_is_what_ML_NET_saves()
    {
        _ml.Model.SaveToFile(_model, _data.Schema, Path);
        ITransformer loaded = _ml.Model.LoadFromFile(Path, out DataViewSchema? schema);
        Assert.Equal(Scores(_model), Scores(loaded));
        Assert.Equal(Scores(_model), Scores(_ml.Model.Load(Path, out _)));
        Assert.Equal(_data.Schema.Select(column => (column.Name, column.Type)), schema!.Select(column => (column.Name, column.Type)));
        _ml.Model.SaveToFile(_model, null, Path);
        _ml.Model.LoadFromFile(Path, out schema);
        Assert.Null(schema);
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_file_as_it_was()
    {
        File.WriteAllText(Path, "the model that was there");
        Assert.ThrowsAny<Exception>(() => _ml.Model.SaveToFile(new TransformerChain<ITransformer>(_model, new Unsaveable()), _data.Schema, Path));
        Assert.Equal("the model that was there", File.ReadAllText(Path));
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_save_left_is_removed_by_the_next_and_what_another_writes_is_not()
    {
        string left = $"{Path}.{new string('a', 32)}.partial", written = $"{Path}.{new string('b', 32)}.partial", mine = Path + ".old.partial", other = _folder[$"other.zip.{new string('c', 32)}.partial"];
        foreach (string file in (string[])[left, mine, other])
            File.WriteAllText(file, "half");
        using (new FileStream(written, FileMode.Create, FileAccess.Write, FileShare.None))
            _ml.Model.SaveToFile(_model, _data.Schema, Path);
        Assert.Equal(new[] { Path, written, mine, other }.Order(StringComparer.Ordinal), Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_changed_byte_in_any_part_is_an_error_that_names_file_and_part()
    {
        _ml.Model.SaveToFile(_model, _data.Schema, Path);
        byte[] whole = File.ReadAllBytes(Path);
        (string Name, int Middle)[] parts = [.. Parts(whole)];
        Assert.Contains(parts, part => part.Name.Contains("Transform_002", StringComparison.Ordinal));
        Assert.Contains(parts, part => part.Name.EndsWith("model.safetensors", StringComparison.Ordinal));
        foreach ((string name, int middle) in parts)
        {
            byte[] damaged = [.. whole];
            damaged[middle] ^= 0x10;
            string error = LoadError(damaged);
            Assert.StartsWith($"'{Path}' cannot be loaded: '{name}' in the model file is damaged", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("vocab.txt"), InlineData("config.json"), InlineData("model.safetensors")]
    public async Task A_part_that_is_missing_is_named_by_library_and_tool(string part)
    {
        _ml.Model.SaveToFile(_model, _data.Schema, Path);
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Update))
            zip.Entries.Single(entry => entry.Name == part && entry.FullName.StartsWith("Bert.MLNet/", StringComparison.Ordinal)).Delete();
        string error = LoadError(File.ReadAllBytes(Path));
        Assert.Contains(part, error, StringComparison.Ordinal);

        foreach (string[] command in (string[][])[["predict", "--model", Path, "--text", "a"], ["info", Path]])
        {
            ToolRun run = await ToolRun.Of("", command);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"'{Path}' cannot be loaded: ", run.Error, StringComparison.Ordinal);
            Assert.Contains(part, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_step_of_a_later_version_says_so()
    {
        _ml.Model.SaveToFile(_model, _data.Schema, Path);
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.Entries.Single(entry => entry.FullName.Replace('\\', '/') == "TransformerChain/Transform_001/Model.key");
            using Stream stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            byte[] bytes = content.ToArray();
            int version = bytes.AsSpan().IndexOf("BERTEMBD"u8) + 8;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(version), 0x00030000);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(version + 4), 0x00030000);
            stream.SetLength(0);
            stream.Write(bytes);
        }
        Assert.Contains("was written by a later version of Bert.MLNet: it needs format 3.0", LoadError(File.ReadAllBytes(Path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(10), InlineData(5000)]
    public void A_file_that_was_cut_is_named(int length)
    {
        _ml.Model.SaveToFile(_model, _data.Schema, Path);
        Assert.StartsWith($"'{Path}' cannot be loaded: It is not a zip file, or its end is missing", LoadError(File.ReadAllBytes(Path)[..length]), StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => _ml.Model.LoadFromFile(_folder["other.zip"], out _));
    }

    private string LoadError(byte[] file)
    {
        File.WriteAllBytes(Path, file);
        return Assert.Throws<InvalidDataException>(() => _ml.Model.LoadFromFile(Path, out _)).Message;
    }

    private float[] Scores(ITransformer model) => [.. model.Transform(_data).GetColumn<float[]>("Score").SelectMany(scores => scores)];

    /// <summary>The entries of a zip that have content, each with the place of the byte in its middle.</summary>
    private static IEnumerable<(string Name, int Middle)> Parts(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.CompressedLength > 0))
        {
            int header = Enumerable.Range(0, zip.Length).First(i => zip.AsSpan(i).StartsWith("PK\u0003\u0004"u8) && Name(i) == entry.FullName);
            int start = header + 30 + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 26)) + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 28));
            yield return (entry.FullName, start + (int)(entry.CompressedLength / 2));
        }

        string Name(int header) => Encoding.UTF8.GetString(zip, header + 30, BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 26)));
    }

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Unsaveable : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => input;

        public void Save(ModelSaveContext ctx) => throw new IOException("The disk is full.");
    }
}
