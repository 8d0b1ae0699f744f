using System.Diagnostics;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Models;

/// <summary>
/// A save over another checkpoint that ends anywhere leaves one whole model, or an error; never the vocabulary of one with the weights of
/// another.
/// </summary>
public sealed class InterruptedSaveTests : IDisposable
{
    private const string FolderVariable = "BERT_MLNET_SAVE_TO", StepVariable = "BERT_MLNET_STOP_AT", Reached = "reached";

    private readonly TemporaryFolder _temporary = new();
    private readonly BertModel _new = New();
    private readonly Dictionary<string, byte[]> _oldFiles, _newFiles;

    public InterruptedSaveTests()
    {
        var old = new TinyCheckpoint { Seed = "old" };
        old.Write(_temporary["old"]);
        Directory.CreateDirectory(_temporary["old", "1_Pooling"]);
        File.WriteAllText(_temporary["old", "modules.json"], """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""");
        File.WriteAllText(_temporary["old", "1_Pooling", "config.json"], """{"word_embedding_dimension":32,"pooling_mode_cls_token":true}""");
        _new.SavePretrained(_temporary["new"]);
        (_oldFiles, _newFiles) = (Files(_temporary["old"]), Files(_temporary["new"]));
        Assert.NotEqual(_oldFiles["vocab.txt"], _newFiles["vocab.txt"]);
        Assert.NotEqual(_oldFiles["model.safetensors"], _newFiles["model.safetensors"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task At_every_step_the_folder_holds_one_model_or_says_that_it_does_not()
    {
        int step = 0;
        bool ended = false;
        for (; !ended; step++)
        {
            string folder = Copy($"folder{step}");
            using var save = new PausedSave(_new, folder, step);
            ended = !await save.PausesAsync();
            Dictionary<string, byte[]> files = Files(folder);
            string[] foreign = [.. files.Where(file => !Equals(file, _newFiles) && !Equals(file, _oldFiles)).Select(file => file.Key)];
            Assert.Empty(foreign);
            bool hasOld = files.Any(file => Equals(file, _oldFiles) && !Equals(file, _newFiles)),
                hasNew = files.Any(file => Equals(file, _newFiles) && !Equals(file, _oldFiles));
            Assert.False(hasOld && hasNew, $"At step {step} the folder has files of both models.");

            // Who does not know the marker needs config.json, which is there with all others alone.
            if (files.ContainsKey("config.json"))
                Assert.True(Contains(files, _oldFiles) || Contains(files, _newFiles),
                    $"At step {step} config.json is there, and other files are not.");
            if (WholeFolder.IsTorn(folder))
            {
                Assert.Contains("Save to the folder again",
                    Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(folder)).Message, StringComparison.Ordinal);
                Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(folder));
            }
            else
            {
                Same(ended ? _newFiles : _oldFiles, files);
                BertModel.FromPretrained(folder);
            }
            if (ended)
                break;

            // What fails there, without a kill, leaves all as it was.
            await save.FailAsync();
            Same(_oldFiles, Files(folder));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path, $"folder{step}.*.partial"));
        }
        Assert.InRange(step, _newFiles.Count + _oldFiles.Count + 1, 40); // each file that leaves, each that enters, and the marker
    }

    [Fact]
    public async Task What_a_killed_process_left_is_refused_and_then_replaced_and_cleared()
    {
        string folder = Copy("folder");
        File.WriteAllText(folder + ".0123.partial", "a user's");
        string reached = _temporary[Reached];
        ProcessStartInfo start = ChildProcess.Method(typeof(InterruptedSaveTests), nameof(Save_in_a_process_of_its_own));
        (start.Environment[FolderVariable], start.Environment[StepVariable]) = (folder, reached);
        using (var process = new ChildProcess(start))
        {
            await process.UntilAsync(() => File.Exists(reached));
            await process.KillAsync();
        }
        Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(folder));
        Assert.Single(Directory.EnumerateDirectories(_temporary.Path, "folder.*.partial"));

        _new.SavePretrained(folder);
        Same(_newFiles, Files(folder));
        Assert.Equal([folder + ".0123.partial"], Directory.EnumerateFileSystemEntries(_temporary.Path, "folder.*.partial"));
    }

    /// <summary>
    /// What the process that is killed does. It waits where it shall be killed: when the old files have left, and one of the new has
    /// entered.
    /// </summary>
    [Fact(Explicit = true)]
    public void Save_in_a_process_of_its_own()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        CheckpointFolder.Write(folder, _new.WriteTo, () =>
        {
            if (!File.Exists(Path.Combine(folder, "special_tokens_map.json"))
                || File.Exists(Path.Combine(folder, "config.json"))
                || !WholeFolder.IsTorn(folder))
                return;
            if (!File.ReadAllBytes(Path.Combine(folder, "special_tokens_map.json")).SequenceEqual(_newFiles["special_tokens_map.json"]))
                return;
            File.WriteAllText(Environment.GetEnvironmentVariable(StepVariable)!, "");
            Thread.Sleep(Timeout.Infinite);
        });
    }

    [Fact]
    public async Task A_save_that_goes_on_elsewhere_is_not_disturbed()
    {
        string folder = Copy("folder");
        using var writing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        Task slow = Task.Run(() => CheckpointFolder.Write(folder, create =>
        {
            writing.Set();
            goOn.Wait(Token);
            _new.WriteTo(create);
        }), Token);
        writing.Wait(Token);
        BertModel.FromPretrained(_temporary["old"]).SavePretrained(folder);
        Assert.Single(Directory.EnumerateDirectories(_temporary.Path, "folder.*.partial"));
        goOn.Set();
        await slow;
        Same(_newFiles, Files(folder));

        // Two exchanges at once are not possible.
        using var paused = new PausedSave(_new, folder, 3);
        Assert.True(await paused.PausesAsync());
        Assert.Contains("Another process is saving", Assert.Throws<IOException>(() => _new.SavePretrained(folder)).Message,
            StringComparison.Ordinal);
        await paused.FailAsync();
        Same(_newFiles, Files(folder));
    }

    [Fact]
    public void First_saves_at_once_leave_one_whole_model_and_nothing_beside_it()
    {
        for (int round = 0; round < 4; round++)
        {
            string folder = _temporary[$"first{round}"];
            Parallel.For(0, 8, _ =>
            {
                try
                {
                    _new.SavePretrained(folder);
                }
                catch (IOException error)
                {
                    Assert.Contains(folder + "'", error.Message, StringComparison.Ordinal); // another was faster
                }
            });
            Same(_newFiles, Files(folder));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path, "*.partial"));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take privileges on Windows.");
        Directory.CreateSymbolicLink(_temporary["link"], _temporary["gone"]);
        Assert.Contains($"is a link to '{_temporary["gone"]}'",
            Assert.Throws<IOException>(() => _new.SavePretrained(_temporary["link"])).Message, StringComparison.Ordinal);
    }

    /// <summary>Of the same shape as the old one, with other weights and its words in another order.</summary>
    private static BertModel New()
    {
        using var folder = new TemporaryFolder();
        new TinyCheckpoint { Seed = "new" }.Write(folder.Path);
        File.WriteAllLines(folder["vocab.txt"], TinyCheckpoint.Vocabulary.Reverse().OrderBy(token => token.StartsWith('[') ? 0 : 1));
        return BertModel.FromPretrained(folder.Path);
    }

    private string Copy(string name)
    {
        foreach ((string path, byte[] content) in _oldFiles)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_temporary[name, path])!);
            File.WriteAllBytes(_temporary[name, path], content);
        }
        return _temporary[name];
    }

    private static Dictionary<string, byte[]> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != ".bert-mlnet-saving")
            .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);

    private static bool Equals(KeyValuePair<string, byte[]> file, Dictionary<string, byte[]> files) =>
        files.TryGetValue(file.Key, out byte[]? content) && content.AsSpan().SequenceEqual(file.Value);

    private static bool Contains(Dictionary<string, byte[]> files, Dictionary<string, byte[]> all) => all.All(file => Equals(file, files));

    private static void Same(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, file => Assert.Equal(file.Value, actual[file.Key]));
    }

    /// <summary>A save that stands still before a step, as a killed one does, and then fails.</summary>
    private sealed class PausedSave : IDisposable
    {
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();
        private readonly Task _save;

        public PausedSave(BertModel model, string folder, int step)
        {
            int steps = 0;
            _save = Task.Run(() => CheckpointFolder.Write(folder, model.WriteTo, () =>
            {
                if (steps++ != step)
                    return;
                _paused.SetResult();
                _goOn.Wait(Token);
                throw new IOException("A disk failed.");
            }), Token);
        }

        /// <returns>Whether there is such a step; else the save has ended.</returns>
        public async Task<bool> PausesAsync()
        {
            if (await Task.WhenAny(_save, _paused.Task) == _paused.Task)
                return true;
            await _save;
            return false;
        }

        public async Task FailAsync()
        {
            _goOn.Set();
            Assert.Equal("A disk failed.", (await Assert.ThrowsAsync<IOException>(() => _save)).Message);
        }

        public void Dispose() => _goOn.Dispose();
    }
}
