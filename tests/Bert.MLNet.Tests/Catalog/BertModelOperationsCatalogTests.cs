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
    private static readonly MLContext s_ml = new(seed: 1);

    private static readonly IDataView s_data = s_ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, 8).Select(
            i => new Row
            {
                Sentence1 = i % 2 == 0 ? "the film is great" : "very poor service",
                Label = i % 2 == 0 ? "good" : "bad",
            }).ToArray());

    private static readonly ITransformer s_model = s_ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(s_ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", BertEmbeddingTests.TinyModel.Value))
        .Append(s_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
        .Append(s_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(s_data);

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_saved_is_what_ML_NET_saves()
    {
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
        ITransformer loaded = s_ml.Model.LoadFromFile(Path, out DataViewSchema? schema);
        Assert.Equal(Scores(s_model), Scores(loaded));
        Assert.Equal(Scores(s_model), Scores(s_ml.Model.Load(Path, out _)));
        Assert.Equal(s_data.Schema.Select(column => (column.Name, column.Type)), schema!.Select(column => (column.Name, column.Type)));
        s_ml.Model.SaveToFile(s_model, null, Path);
        s_ml.Model.LoadFromFile(Path, out schema);
        Assert.Null(schema);
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_file_as_it_was()
    {
        File.WriteAllText(Path, "the model that was there");
        Assert.ThrowsAny<Exception>(
            () => s_ml.Model.SaveToFile(new TransformerChain<ITransformer>(s_model, new Unsaveable()), s_data.Schema, Path));
        Assert.Equal("the model that was there", File.ReadAllText(Path));
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_save_left_is_removed_by_the_next_and_what_another_writes_is_not()
    {
        string left = $"{Path}.{new string('a', 32)}.partial", written = $"{Path}.{new string('b', 32)}.partial", mine = Path +
            ".old.partial", other = _folder[$"other.zip.{new string('c', 32)}.partial"];
        foreach (string file in (string[])[left, mine, other])
            File.WriteAllText(file, "half");
        using (new FileStream(written, FileMode.Create, FileAccess.Write, FileShare.None))
            s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
        Assert.Equal(new[] { Path, written, mine, other }.Order(StringComparer.Ordinal),
            Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_changed_byte_in_any_part_is_an_error_that_names_file_and_part()
    {
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
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
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
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
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.Entries.Single(
                entry => entry.FullName.Replace('\\', '/') == "TransformerChain/Transform_001/Model.key");
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
        Assert.Contains("was written by a later version of Bert.MLNet: it needs format 3.0", LoadError(File.ReadAllBytes(Path)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(10), InlineData(5000)]
    public void A_file_that_was_cut_is_named(int length)
    {
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
        Assert.StartsWith($"'{Path}' cannot be loaded: It is not a zip file, or its end is missing",
            LoadError(File.ReadAllBytes(Path)[..length]), StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => s_ml.Model.LoadFromFile(_folder["other.zip"], out _));
    }

    [Fact]
    public void What_is_nos_model_file_says_what_it_is()
    {
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
        {
            using Stream stream = zip.CreateEntry("word/document.xml").Open();
            stream.Write("<xml/>"u8);
        }
        Assert.StartsWith($"'{Path}' cannot be loaded: It is a zip file, but not an ML.NET model", LoadError(File.ReadAllBytes(Path)),
            StringComparison.Ordinal);
        Assert.StartsWith($"'{Path}' cannot be loaded: It is not a zip file", LoadError("Text,Label\n"u8.ToArray()),
            StringComparison.Ordinal);
        Assert.StartsWith($"'{_folder.Path}' is a folder.",
            Assert.Throws<FileNotFoundException>(() => s_ml.Model.LoadFromFile(_folder.Path, out _)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(100), InlineData(-1)]
    public void A_part_of_ML_NET_that_was_cut_before_it_was_packed_is_named(int length)
    {
        s_ml.Model.SaveToFile(s_model, s_data.Schema, Path);
        byte[] whole = File.ReadAllBytes(Path);
        string[] parts;
        using (var archive = new ZipArchive(new MemoryStream(whole)))
            parts = [.. archive.Entries.Select(entry => entry.FullName)
                .Where(name => name.EndsWith("Model.key", StringComparison.Ordinal))];
        Assert.True(parts.Length > 4);
        foreach (string part in parts)
        {
            using var damaged = new MemoryStream();
            damaged.Write(whole);
            using (var zip = new ZipArchive(damaged, ZipArchiveMode.Update, leaveOpen: true))
            {
                using Stream stream = zip.GetEntry(part)!.Open();
                stream.SetLength(length < 0 ? stream.Length + length : length);
            }
            Assert.StartsWith($"'{Path}' cannot be loaded: '{part}' in the model file is damaged", LoadError(damaged.ToArray()),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_save_to_a_folder_that_is_not_there_or_over_one_names_it()
    {
        string missing = _folder["missing"];
        Assert.StartsWith($"The folder '{missing}' for", Assert.Throws<DirectoryNotFoundException>(
            () => s_ml.Model.SaveToFile(s_model, s_data.Schema, _folder["missing", "model.zip"])).Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{_folder.Path}' is a folder", Assert.Throws<IOException>(
            () => s_ml.Model.SaveToFile(s_model, s_data.Schema, _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Saves_at_once_each_leave_a_whole_file()
    {
        Parallel.For(0, 40, _ => s_ml.Model.SaveToFile(s_model, s_data.Schema, Path));
        Assert.Equal(Scores(s_model), Scores(s_ml.Model.LoadFromFile(Path, out _)));
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder.Path));
    }

    private string LoadError(byte[] file)
    {
        File.WriteAllBytes(Path, file);
        return Assert.Throws<InvalidDataException>(() => s_ml.Model.LoadFromFile(Path, out _)).Message;
    }

    private static float[] Scores(ITransformer model) =>
        [.. model.Transform(s_data).GetColumn<float[]>("Score").SelectMany(scores => scores)];

    /// <summary>The entries of a zip that have content, each with the place of the byte in its middle.</summary>
    private static IEnumerable<(string Name, int Middle)> Parts(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.CompressedLength > 0))
        {
            int header = Enumerable.Range(0, zip.Length)
                .First(i => zip.AsSpan(i).StartsWith("PK\u0003\u0004"u8) && Name(i) == entry.FullName);
            int start = header + 30 + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 26)) +
                BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 28));
            yield return (entry.FullName, start + (int)(entry.CompressedLength / 2));
        }

        string Name(int header) =>
            Encoding.UTF8.GetString(zip, header + 30, BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(header + 26)));
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
